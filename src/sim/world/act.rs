//! Actions: what each one needs, and what it does. One description for each.

use super::World;
use crate::kv::{ClientId, Op};
use crate::raft::{Input, Node, NodeId, Timer};
use crate::sim::action::{Action, Link, Path};
use crate::sim::client::{Client, QueuedRequest};
use crate::sim::network::{Address, Network, PacketId};
use crate::sim::server::{Server, Up};
use crate::sim::step::{Cause, Fact, Step};
use crate::sim::time::Time;

/// What an action does to the world, once it is known to make sense.
type Effect<'a> = Box<dyn FnOnce(&mut World, &mut Step) + 'a>;

fn effect<'a>(does: impl FnOnce(&mut World, &mut Step) + 'a) -> Effect<'a> {
    Box::new(does)
}

/// The effect of an action that changes the network.
fn rewire<'a>(does: impl FnOnce(&mut World, Time) + 'a) -> Effect<'a> {
    Box::new(|world, step| {
        let now = world.now;
        does(world, now);
        step.facts.push(Fact::NetworkChanged);
    })
}

impl World {
    /// Does what the action says, and records what happened in `step`.
    ///
    /// # Errors
    /// The reason why the action makes no sense now. Then nothing has changed.
    pub fn act(&mut self, action: &Action, step: &mut Step) -> Result<(), String> {
        let effect = self.plan(action)?;
        self.begin(step, Cause::Action(Box::new(action.clone())), None);
        effect(self, step);
        Ok(())
    }

    /// Whether the action makes sense now.
    ///
    /// # Errors
    /// The reason why it makes none.
    pub fn check(&self, action: &Action) -> Result<(), String> {
        self.plan(action).map(|_| ())
    }

    /// The effect of an action; an error if the action makes no sense now.
    fn plan<'a>(&self, action: &'a Action) -> Result<Effect<'a>, String> {
        Ok(match action {
            // Servers and their clocks.
            Action::Crash(id) => {
                self.up(*id)?;
                effect(|world, step| world.crash(*id, step))
            }
            Action::Restart(id) => {
                self.down(*id)?;
                effect(|world, step| {
                    step.facts.push(Fact::Restarted { server: *id });
                    world.start(*id, step);
                })
            }
            Action::Pause(id) => {
                self.awake(*id)?;
                effect(|world, _| world.set_paused(*id, true))
            }
            Action::Resume(id) => {
                let paused = self.up(*id)?.is_paused();
                needs(paused, || format!("{id} is not paused"))?;
                effect(|world, _| {
                    world.set_paused(*id, false);
                    let now = world.now;
                    world.network.wake(*id, now);
                })
            }
            Action::Timeout(id) => {
                self.has_election_timer(*id)?;
                effect(|world, step| world.fire(*id, Timer::Election, step))
            }
            Action::SetTimer(id, length) => {
                self.has_election_timer(*id)?;
                effect(|world, step| world.turn_timer(*id, *length, step.id))
            }
            Action::Skew(id, rate) => {
                self.known(*id)?;
                effect(|world, _| world.change_server(*id, |server| server.clock = *rate))
            }
            Action::Jump(id, jump) => {
                self.up(*id)?;
                effect(|world, _| world.jump(*id, *jump))
            }

            // Disks.
            Action::SlowDisk(id, time) => {
                self.known(*id)?;
                effect(|world, _| {
                    world.change_server(*id, |server| server.disk_time = *time);
                    world.set_disk(*id);
                })
            }
            Action::FailDisk(id, fails) => {
                let failed = self.known(*id)?.disk_fails();
                needs(*fails != failed, || match fails {
                    true => format!("the disk of {id} fails already"),
                    false => format!("the disk of {id} does not fail"),
                })?;
                effect(|world, _| {
                    let time = fails.then_some(Time::NEVER);
                    world.change_server(*id, |server| server.disk_time = time);
                    world.set_disk(*id);
                })
            }
            Action::Wipe(id) => {
                self.down(*id)?;
                effect(|world, step| {
                    world.wipe(*id);
                    step.facts.push(Fact::Wiped { server: *id });
                })
            }
            Action::Compact(id) => {
                let compacts = self.awake(*id)?.node().is_some_and(Node::can_compact);
                needs(compacts, || {
                    format!("{id} has applied nothing since its last snapshot")
                })?;
                effect(|world, step| world.compact(*id, 0, step))
            }

            // Members and the leader.
            Action::Change(change) => {
                self.leader_is_awake()?;
                self.check_change(*change)?;
                effect(|world, step| world.change(*change, step))
            }
            Action::Retire(id) => {
                self.known(*id)?;
                self.check_retirement(*id)?;
                effect(|world, step| {
                    world.retire(*id);
                    step.facts.push(Fact::Retired { server: *id });
                })
            }
            Action::Transfer(to) => {
                self.known(*to)?;
                self.leader_is_awake()?;
                let nobody = || "nobody leads, so nobody can hand over";
                let leader = self.leader().ok_or_else(nobody)?;
                effect(move |world, step| world.tell(leader, Input::Transfer(*to), step))
            }

            // Clients.
            Action::Client(id, writes) => {
                self.client(*id)?;
                effect(|world, _| {
                    let now = world.now;
                    world.clients[id.slot()].write_by_itself(*writes, now);
                })
            }
            Action::Read(id, key, server) => {
                self.request(*id, Op::Get { key: *key }, Some(*server))?
            }
            Action::RequestTo(id, op, server) => self.request(*id, *op, Some(*server))?,
            Action::Request(id, op) => self.request(*id, *op, None)?,

            // Links.
            Action::Cut(link) => {
                self.known_link(*link)?;
                rewire(|world, now| world.each_way(*link, |net, a, b| net.cut(a, b, now)))
            }
            Action::Heal(link) => {
                self.known_link(*link)?;
                rewire(|world, _| match link {
                    Link::All => world.network.heal_all(),
                    Link::Of(id) => world.network.heal_server(*id),
                    Link::Both(..) | Link::OneWay(..) => world.each_way(*link, Network::heal),
                })
            }
            Action::Hold(link) => {
                self.known_link(*link)?;
                rewire(|world, now| world.each_way(*link, |net, a, b| net.hold(a, b, true, now)))
            }
            Action::Release(link) => {
                self.known_link(*link)?;
                rewire(|world, now| world.each_way(*link, |net, a, b| net.hold(a, b, false, now)))
            }
            Action::Isolate(id) => {
                self.known(*id)?;
                rewire(|world, now| {
                    for other in world.ids().without(*id).iter() {
                        world.each_way(Link::Both(*id, other), |net, a, b| net.cut(a, b, now));
                    }
                })
            }
            Action::Partition(groups) => {
                for id in groups.iter().flat_map(|group| group.servers.iter()) {
                    self.known(id)?;
                }
                rewire(|world, _| world.partition(groups))
            }
            Action::Lossy(path, loss) => {
                self.known_path(*path)?;
                effect(|world, _| world.change_faults(*path, |faults| faults.loss = *loss))
            }
            Action::Slow(path, latency) => {
                self.known_path(*path)?;
                effect(|world, _| world.change_faults(*path, |faults| faults.latency = *latency))
            }

            // Packets.
            Action::Delay(pick, delay) => {
                let packet = self.picked(pick)?.id;
                self.packet(packet, |net, packet, now| net.delay(packet, *delay, now))
            }
            Action::Deliver(pick) => self.packet(self.picked(pick)?.id, Network::deliver),
            Action::Drop(pick) => self.packet(self.picked(pick)?.id, Network::drop_packet),
            Action::Duplicate(pick) => self.packet(self.picked(pick)?.id, Network::double),

            // The whole cluster.
            Action::Configure(setting) => {
                setting.check()?;
                effect(|world, _| world.configure(*setting))
            }
            Action::Rule(rule, on) => effect(|world, _| {
                world.config.rules.set(*rule, *on);
                world.share_config();
            }),
        })
    }

    /// A client asks for an operation: at that server first, if one is named.
    fn request<'a>(
        &self,
        client: ClientId,
        op: Op,
        from: Option<NodeId>,
    ) -> Result<Effect<'a>, String> {
        if let Some(server) = from {
            self.known(server)?;
        }
        self.client(client)?.check_room()?;
        let request = QueuedRequest { op, from };
        Ok(effect(move |world, step| world.want(client, request, step)))
    }

    /// Something happens to a packet that travels.
    fn packet<'a>(
        &self,
        id: PacketId,
        does: impl FnOnce(&mut Network, PacketId, Time) + 'a,
    ) -> Effect<'a> {
        effect(move |world, _| does(&mut world.network, id, world.now))
    }
}

/// What actions need, each with the sentence for what is missing.
impl World {
    fn known(&self, id: NodeId) -> Result<&Server, String> {
        let missing = || format!("there is no {id}: the servers are {}", self.who());
        self.find(id).ok_or_else(missing)
    }

    fn up(&self, id: NodeId) -> Result<&Server, String> {
        let server = self.known(id)?;
        needs(server.is_up(), || format!("{id} is down"))?;
        Ok(server)
    }

    fn down(&self, id: NodeId) -> Result<(), String> {
        let is_up = self.known(id)?.is_up();
        needs(!is_up, || format!("{id} is up: crash it first"))
    }

    fn awake(&self, id: NodeId) -> Result<&Server, String> {
        let server = self.up(id)?;
        needs(!server.is_paused(), || {
            format!("{id} is paused: resume it first")
        })?;
        Ok(server)
    }

    fn leader_is_awake(&self) -> Result<(), String> {
        self.leader()
            .map_or(Ok(()), |id| self.awake(id).map(|_| ()))
    }

    /// Its election timer runs. That of a leader runs only with CheckQuorum.
    fn has_election_timer(&self, id: NodeId) -> Result<(), String> {
        let runs = |up: &Up| up.timers.get(Timer::Election).deadline < Time::NEVER;
        let runs = self.awake(id)?.up().is_some_and(runs);
        needs(runs, || {
            format!("{id} leads: a leader has no election timer")
        })
    }

    fn client(&self, id: ClientId) -> Result<&Client, String> {
        let count = self.clients.len();
        self.clients.get(id.slot()).ok_or_else(|| match count {
            0 => format!("there is no {id}: nobody is a client"),
            _ => format!("there is no {id}: the clients are C1 to C{count}"),
        })
    }

    fn known_address(&self, address: Address) -> Result<(), String> {
        match address {
            Address::Client(id) => self.client(id).map(|_| ()),
            Address::Server(id) => self.known(id).map(|_| ()),
        }
    }

    fn known_link(&self, link: Link) -> Result<(), String> {
        self.known_path(match link {
            Link::All => Path::All,
            Link::Of(id) => Path::Both(id.into(), id.into()),
            Link::Both(a, b) | Link::OneWay(a, b) => Path::Both(a.into(), b.into()),
        })
    }

    fn known_path(&self, path: Path) -> Result<(), String> {
        match path {
            Path::All => Ok(()),
            Path::Both(a, b) | Path::OneWay(a, b) => {
                self.known_address(a)?;
                self.known_address(b)
            }
        }
    }
}

/// An error with that sentence, unless `met`.
fn needs(met: bool, sentence: impl FnOnce() -> String) -> Result<(), String> {
    if met { Ok(()) } else { Err(sentence()) }
}
