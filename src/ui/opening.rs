//! How a new run of Play begins.

use crate::kv::ClientId;
use crate::session::Session;
use crate::sim::{Scenario, Time};

/// The keys that clients write to by themselves, each its own.
pub const KEYS: [&str; 5] = ["x", "y", "z", "u", "v"];

/// How often they do.
pub const EVERY: Time = Time::ms(120);

/// How a new run begins.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Opening {
    pub servers: u8,
    pub clients: u8,
    pub seed: u64,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            servers: 5,
            clients: 1,
            seed: fresh_seed(),
        }
    }
}

impl Opening {
    /// How a run began.
    pub fn of(session: &Session) -> Self {
        let Scenario {
            servers,
            clients,
            seed,
            ..
        } = *session.scenario();
        Self {
            servers,
            clients,
            seed,
        }
    }

    /// Clients that keep writing, each where no other does, and latencies so alike that every
    /// message can be seen for its second.
    pub fn scenario(self) -> Scenario {
        let mut scenario = Scenario::new(self.servers, self.seed);
        scenario.clients = self.clients;
        // What a leader sends in practice: ahead of the replies, and each entry once.
        scenario.config.window = 16;
        scenario.faults.latency = (Time::ms(12), Time::ms(18));
        for (number, key) in (1..=self.clients.into()).zip(KEYS) {
            if let (Some(client), Ok(key)) = (ClientId::new(number), key.parse()) {
                scenario.workloads.push((client, key, EVERY));
            }
        }
        scenario
    }
}

/// A new seed; small, so that it can be read out.
pub fn fresh_seed() -> u64 {
    u64::from(getrandom::u32().unwrap_or(1)) % 10_000
}
