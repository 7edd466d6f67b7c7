//! Lengths of time, rounded as a person says them.

use crate::sim::Time;

/// A length of time in the units that all languages share: `60 ms`, `1.25 s`.
pub fn spoken_time(time: Time) -> String {
    write(time, " ms", " s")
}

/// `0.5 ms`, `102 ms`, `1.25 s`: three digits at most before and behind the point.
pub(super) fn write(time: Time, milliseconds: &str, seconds: &str) -> String {
    let micros = time.0;
    let (hundredths, unit) = if micros < 10_000 {
        ((micros + 5) / 10, milliseconds)
    } else if micros < 999_500 {
        ((micros + 500) / 1_000 * 100, milliseconds)
    } else {
        ((micros + 5_000) / 10_000, seconds)
    };
    let (whole, rest) = (hundredths / 100, format!("{:02}", hundredths % 100));
    match rest.trim_end_matches('0') {
        "" => format!("{whole}{unit}"),
        rest => format!("{whole}.{rest}{unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_to_what_matters() {
        let cases = [
            (0, "0 ms"),
            (500, "0.5 ms"),
            (9_996, "10 ms"),
            (102_353, "102 ms"),
            (999_499, "999 ms"),
            (999_600, "1 s"),
            (1_250_000, "1.25 s"),
            (61_000_000, "61 s"),
        ];
        for (micros, expected) in cases {
            assert_eq!(write(Time(micros), " ms", " s"), expected);
        }
    }
}
