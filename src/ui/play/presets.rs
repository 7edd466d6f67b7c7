//! Settings as systems have them out of the box. `docs/presets.md` gives the sources.

use crate::sim::Setup;

/// Settings that belong together.
pub struct Preset {
    pub name: &'static str,
    /// Each as `config` reads it.
    pub settings: &'static [&'static str],
}

pub const PRESETS: [Preset; 4] = [
    Preset {
        // Said by the page.
        name: "as in the paper",

        settings: &[
            "timeout=150..300ms",
            "heartbeat=50ms",
            "prevote=off",
            "check-quorum=off",
            "read=log",
            "latency=12..18ms",
        ],
    },
    Preset {
        name: "etcd",
        settings: &[
            "timeout=1000..2000ms",
            "heartbeat=100ms",
            "prevote=on",
            "check-quorum=on",
            "read=index",
            "latency=12..18ms",
        ],
    },
    Preset {
        name: "Consul",
        settings: &[
            "timeout=5000..10000ms",
            "heartbeat=500ms",
            "prevote=on",
            "check-quorum=on",
            "read=lease",
            "latency=12..18ms",
        ],
    },
    Preset {
        name: "CockroachDB",
        settings: &[
            "timeout=2000..4000ms",
            "heartbeat=1000ms",
            "prevote=on",
            "check-quorum=on",
            "read=lease",
            "latency=12..18ms",
        ],
    },
];

impl Preset {
    /// Whether everything is set so.
    pub fn fits(&self, setup: &Setup) -> bool {
        self.settings.iter().all(|words| setup.has(words))
    }
}

/// Settings for a wide-area network of this round-trip time in milliseconds, as etcd's tuning guide
/// advises: a heartbeat each round trip, an election timeout of ten.
pub fn wan(round_trip: u64) -> [String; 3] {
    let half = round_trip.max(2) / 2;
    [
        format!("latency={}..{}ms", half - half / 10, half + half / 10),
        format!("heartbeat={}ms", round_trip.max(2)),
        format!(
            "timeout={}..{}ms",
            10 * round_trip.max(2),
            20 * round_trip.max(2)
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Scenario, Setting};

    #[test]
    fn every_preset_can_be_set_and_is_recognised() {
        for preset in &PRESETS {
            let mut scenario = Scenario::new(3, 1);
            for words in preset.settings {
                scenario.set(words.parse::<Setting>().unwrap());
            }
            let setup = Setup {
                timing: scenario.timing,
                faults: scenario.faults,
                config: scenario.config,
            };
            let fitting = PRESETS.iter().filter(|preset| preset.fits(&setup));
            let names: Vec<_> = fitting.map(|preset| preset.name).collect();
            assert_eq!(names, [preset.name]);
        }
    }

    #[test]
    fn any_round_trip_time_makes_settings() {
        for round_trip in [0, 1, 2, 15, 80, 300] {
            for words in wan(round_trip) {
                words.parse::<Setting>().unwrap();
            }
        }
    }
}
