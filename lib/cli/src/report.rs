//! How errors look on the terminal.

use std::io::{IsTerminal, Write};

use clap::ColorChoice;

/// Prints `error` and its causes to standard error. Failures to print are ignored: there is nobody to tell.
pub(crate) fn error(error: &anyhow::Error, color: ColorChoice) {
    let mut stderr = std::io::stderr().lock();
    let colored = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let _ = stderr.write_all(render(error, colored).as_bytes());
}

/// Prints a note to standard error.
#[cfg(feature = "compiler")]
pub(crate) fn note(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The outermost error on one line, then its causes, numbered and drawn as a list.
fn render(error: &anyhow::Error, colored: bool) -> String {
    let (red, plain) = if colored { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
    let mut text = format!("{red}error{plain}: {error}\n");
    let causes: Vec<String> = causes_of(error);
    for (index, cause) in causes.iter().enumerate() {
        let mark = if index + 1 == causes.len() { "╰─▶" } else { "├─▶" };
        let number = index + 1;
        let mut lines = cause.lines();
        text.push_str(&format!("{mark} {number}: {}\n", lines.next().unwrap_or_default()));
        for line in lines {
            text.push_str(&format!(
                "{} {line}\n",
                if index + 1 == causes.len() { "    " } else { "│   " }
            ));
        }
    }
    text
}

/// The causes of `error`, without those that only repeat what the error above them says.
fn causes_of(error: &anyhow::Error) -> Vec<String> {
    let mut last = error.to_string();
    let mut causes = Vec::new();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if text != last {
            causes.push(text.clone());
        }
        last = text;
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let error =
            anyhow::anyhow!("innermost\nsecond line").context("middle").context("outermost");
        assert_eq!(
            render(&error, false),
            "error: outermost\n├─▶ 1: middle\n╰─▶ 2: innermost\n     second line\n"
        );
        assert!(
            render(&anyhow::anyhow!("alone"), true).starts_with("\x1b[1;31merror\x1b[0m: alone")
        );
    }
}
