//! Numbers with units, as options take them.

use std::time::Duration;

/// A number of bytes: digits, perhaps with a unit (`K`, `M`, `G`, each also with `iB` or `B`; all are powers of 1024).
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let expected = || "expected a number of bytes like 65536, 64K, 512M or 2GiB".to_owned();
    let (number, unit) = split(text);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err(expected()),
    };
    let number: u64 = number.parse().map_err(|_| expected())?;
    number.checked_mul(1 << shift).ok_or_else(|| "the number is too large".to_owned())
}

/// A time: a number, perhaps with a fraction, with a unit (`ms`, `s`, `m`, `h`; seconds without).
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected a time like 500ms, 30s, 1.5m or 2h".to_owned();
    let (number, unit) = split(text);
    let seconds = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = number.parse().map_err(|_| expected())?;
    let duration = Duration::try_from_secs_f64(number * seconds).map_err(|_| expected())?;
    match duration.is_zero() {
        true => Err("the time must be longer than nothing".to_owned()),
        false => Ok(duration),
    }
}

/// The number and the unit.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in
            [("7", 7), ("7b", 7), ("64K", 65536), ("1MiB", 1 << 20), ("2gb", 2 << 30)]
        {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "K", "-1", "1.5M", "1X", "99999999999999999999", "18446744073709551615K"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        for (text, ms) in
            [("2", 2000), ("500ms", 500), ("1.5m", 90_000), ("0.5s", 500), ("1h", 3_600_000)]
        {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for bad in ["", "s", "-1s", "0", "1d", "1.2.3s", "1e9s", "9".repeat(400).as_str()] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
