//! The servers there are, in the order of their numbers. Some may have come later and some have
//! gone, so numbers may be missing.

use std::ops::Deref;

use super::server::{Server, Up};
use crate::raft::{NodeId, ServerSet};

/// The servers of a world.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Roster(Vec<Server>);

impl Roster {
    /// Who they are.
    pub fn ids(&self) -> ServerSet {
        self.0.iter().map(|server| server.id).collect()
    }

    /// One of them, if it is there.
    pub fn find(&self, id: NodeId) -> Option<&Server> {
        self.place(id).ok().map(|place| &self.0[place])
    }

    pub(super) fn find_mut(&mut self, id: NodeId) -> Option<&mut Server> {
        self.place(id).ok().map(|place| &mut self.0[place])
    }

    pub(super) fn up_mut(&mut self, id: NodeId) -> Option<&mut Up> {
        self.find_mut(id)?.up_mut()
    }

    /// Puts a server in its place.
    pub(super) fn insert(&mut self, server: Server) {
        if let Err(place) = self.place(server.id) {
            self.0.insert(place, server);
        }
    }

    pub(super) fn remove(&mut self, id: NodeId) {
        self.0.retain(|server| server.id != id);
    }

    /// Where a server stands, or would stand.
    fn place(&self, id: NodeId) -> Result<usize, usize> {
        let slot = id.slot();
        // While nobody is missing, everyone stands where its number says.
        match self.0.get(slot) {
            Some(server) if server.id == id => Ok(slot),
            _ => self.0.binary_search_by_key(&id, |server| server.id),
        }
    }
}

impl Deref for Roster {
    type Target = [Server];

    fn deref(&self) -> &[Server] {
        &self.0
    }
}

impl FromIterator<Server> for Roster {
    fn from_iter<I: IntoIterator<Item = Server>>(servers: I) -> Self {
        let mut roster = Self::default();
        for server in servers {
            roster.insert(server);
        }
        roster
    }
}
