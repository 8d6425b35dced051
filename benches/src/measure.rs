//! Clocks, rounds and statistics.

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Processor time that the calling thread has used.
pub(crate) fn thread_time() -> Duration {
    since_zero(ClockId::ThreadCPUTime)
}

/// Processor time that all threads of the process have used.
pub(crate) fn process_time() -> Duration {
    since_zero(ClockId::ProcessCPUTime)
}

fn since_zero(clock: ClockId) -> Duration {
    let t = clock_gettime(clock);
    Duration::new(u64::try_from(t.tv_sec).unwrap_or(0), u32::try_from(t.tv_nsec).unwrap_or(0))
}

/// A number of repetitions of one operation; the argument is how many.
pub(crate) type Batch<'a> = Box<dyn FnMut(u64) -> Result<()> + 'a>;

/// Processor time of one repetition, in seconds.
pub(crate) fn time_each(batch: &mut Batch<'_>, repetitions: u64) -> Result<f64> {
    let start = thread_time();
    batch(repetitions)?;
    Ok((thread_time() - start).as_secs_f64() / repetitions as f64)
}

/// How many repetitions take about `goal`; they also warm up caches and pools.
pub(crate) fn calibrate(goal: Duration, mut run: impl FnMut(u64) -> Result<()>) -> Result<u64> {
    let mut repetitions = 16;
    loop {
        let start = std::time::Instant::now();
        run(repetitions)?;
        let took = start.elapsed();
        if took * 4 >= goal {
            let exact = repetitions as f64 * goal.as_secs_f64() / took.as_secs_f64();
            return Ok((exact as u64).max(1));
        }
        repetitions *= 4;
    }
}

/// What is measured for one subject of a line: each call is one round and gives one value for each metric.
pub(crate) struct Subject<'a> {
    /// `native` or the name of a runtime.
    pub(crate) name: &'static str,
    /// Measures one round.
    pub(crate) round: Box<dyn FnMut() -> Result<Vec<f64>> + 'a>,
}

/// The values of one subject, a list of rounds for each metric.
pub(crate) struct Measured {
    /// As in [`Subject`].
    pub(crate) name: &'static str,
    /// `rounds[metric][round]`
    pub(crate) rounds: Vec<Vec<f64>>,
}

/// Measures all subjects in turn, `rounds` times over; every second round in the opposite order.
pub(crate) fn interleave(mut subjects: Vec<Subject<'_>>, rounds: usize) -> Result<Vec<Measured>> {
    let mut all: Vec<Measured> =
        subjects.iter().map(|s| Measured { name: s.name, rounds: Vec::new() }).collect();
    for round in 0..rounds {
        for turn in 0..subjects.len() {
            let at = if round % 2 == 0 { turn } else { subjects.len() - 1 - turn };
            let values = (subjects[at].round)()?;
            all[at].rounds.resize(values.len(), Vec::new());
            for (list, value) in all[at].rounds.iter_mut().zip(values) {
                list.push(value);
            }
        }
    }
    Ok(all)
}

/// The middle one, or the mean of the two middle ones; not a number when there is none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// The geometric mean; not a number when there is none.
pub(crate) fn geometric_mean(values: &[f64]) -> f64 {
    (values.iter().map(|v| v.ln()).sum::<f64>() / values.len() as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
        assert!((geometric_mean(&[0.5, 2.0, 8.0]) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn subjects_take_turns() -> Result<()> {
        let log = std::cell::RefCell::new(String::new());
        let subject = |name: &'static str| Subject {
            name,
            round: Box::new(|| {
                log.borrow_mut().push_str(name);
                Ok(vec![1.0, 2.0])
            }),
        };
        let measured = interleave(vec![subject("a"), subject("b")], 2)?;
        assert_eq!(*log.borrow(), "abba");
        assert_eq!(measured[1].rounds, [[1.0, 1.0], [2.0, 2.0]]);
        Ok(())
    }

    #[test]
    fn calibration_reaches_its_goal() -> Result<()> {
        let goal = Duration::from_millis(20);
        let n = calibrate(goal, |n| {
            std::thread::sleep(Duration::from_micros(20) * u32::try_from(n)?);
            Ok(())
        })?;
        // A sleep takes no less than it should, but on a busy machine much longer.
        assert!((1..=1100).contains(&n), "{n}");
        Ok(())
    }
}
