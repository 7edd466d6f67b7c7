//! Where things are on the stage, in the units of its drawing.

use std::f32::consts::FRAC_1_SQRT_2;

use crate::kv::ClientId;
use crate::raft::{NodeId, ServerSet};
use crate::sim::Address;

/// A point of the drawing.
pub type Point = (f32, f32);

/// Cosine and sine of one step around the circle, for one server, for two, and so on.
const TURNS: [(f32, f32); 9] = [
    (1.0, 0.0),
    (-1.0, 0.0),
    (-0.5, 0.866_025_4),
    (0.0, 1.0),
    (0.309_017, 0.951_056_5),
    (0.5, 0.866_025_4),
    (0.623_489_8, 0.781_831_5),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.766_044_4, 0.642_787_6),
];

/// A measure as an attribute, to a tenth of a pixel.
pub fn px(measure: f32) -> String {
    ((measure * 10.0).round() / 10.0).to_string()
}

/// The measures of a stage.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Geometry {
    /// Width and height of the drawing.
    pub size: (f32, f32),
    /// The middle of the circle of servers.
    pub centre: Point,
    /// The radii of that circle, across and down: a phone has more room across.
    ring: (f32, f32),
    /// The radius of a server.
    pub server: f32,
    /// The servers on the circle.
    pub ids: ServerSet,
    compact: bool,
}

impl Geometry {
    /// A stage for these servers; `compact` on a phone.
    pub fn new(ids: ServerSet, compact: bool) -> Self {
        let count = ids.len();
        let crowded = count > 5;
        let (size, centre, ring, server) = match (compact, crowded) {
            (true, false) => ((400.0, 396.0), (200.0, 204.0), (148.0, 122.0), 36.0),
            (true, true) => ((400.0, 396.0), (200.0, 200.0), (160.0, 128.0), 28.0),
            (false, false) => ((600.0, 560.0), (300.0, 282.0), (186.0, 182.0), 46.0),
            (false, true) => ((600.0, 560.0), (300.0, 280.0), (204.0, 198.0), 36.0),
        };
        let ring = if count == 1 { (0.0, 0.0) } else { ring };
        Self {
            size,
            centre,
            ring,
            server,
            ids,
            compact,
        }
    }

    /// `viewBox`
    pub fn view_box(&self) -> String {
        format!("0 0 {} {}", px(self.size.0), px(self.size.1))
    }

    /// Where a server stands: the first on top, the others clockwise.
    pub fn server_at(&self, id: NodeId) -> Point {
        let (cos, sin) = TURNS[self.ids.len().clamp(1, TURNS.len()) - 1];
        let mut direction = (0.0, -1.0);
        for _ in self.ids.iter().filter(|other| *other < id) {
            let (x, y) = direction;
            direction = (x * cos - y * sin, x * sin + y * cos);
        }
        let (x, y) = self.centre;
        (x + self.ring.0 * direction.0, y + self.ring.1 * direction.1)
    }

    /// Where a client stands: in the corners, out of the servers' way.
    pub fn client_at(&self, id: ClientId) -> Point {
        let (width, height) = self.size;
        let (x, y) = if self.compact {
            (44.0, 36.0)
        } else {
            (60.0, 34.0)
        };
        let low = height - if self.compact { 38.0 } else { 50.0 };
        match id.slot() {
            0 => (x, y),
            1 => (width - x, y),
            2 => (x, low),
            3 => (width - x, low),
            _ => (width / 2.0, low),
        }
    }

    /// The place of a server or a client.
    pub fn at(&self, address: Address) -> Point {
        match address {
            Address::Client(id) => self.client_at(id),
            Address::Server(id) => self.server_at(id),
        }
    }

    /// The way of a packet, from edge to edge.
    pub fn way(&self, from: Address, to: Address) -> (Point, Point) {
        let (a, b) = (self.at(from), self.at(to));
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let (out, short) = (self.edge(from), self.edge(to));
        (
            (a.0 + ux * out, a.1 + uy * out),
            (b.0 - ux * short, b.1 - uy * short),
        )
    }

    /// A little way from a client towards a server: all the way it would pass under others.
    pub fn pointing(&self, client: ClientId, server: NodeId) -> (Point, Point) {
        let (a, b) = (self.client_at(client), self.server_at(server));
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let share = if self.compact { 58.0 } else { 94.0 } / (dx * dx + dy * dy).sqrt().max(1.0);
        (a, (a.0 + dx * share, a.1 + dy * share))
    }

    /// Whether there is room to write what every server is; else only what stands out.
    pub fn is_roomy(&self) -> bool {
        !self.compact || self.ids.len() < 6
    }

    fn edge(&self, address: Address) -> f32 {
        match address {
            Address::Client(_) => 30.0,
            Address::Server(_) => self.server + 9.0,
        }
    }

    /// How far from the edge a client's words begin, where they do not fit under its middle.
    pub fn client_words(&self) -> Option<f32> {
        self.compact.then_some(12.0)
    }

    /// Where a server's row of voters stands, `half` as wide as it is: beside the server on its outer
    /// side, where there is room. On a phone, and with many servers, that is the middle of the ring.
    pub fn row_at(&self, id: NodeId, half: f32, nth: usize) -> Point {
        let alone = self.ids.len() == 1;
        if alone || self.compact || self.ids.len() > 7 {
            let below = if alone { self.server + 48.0 } else { -14.0 };
            return (self.centre.0, self.centre.1 + below + 54.0 * nth as f32);
        }
        let (x, y) = self.server_at(id);
        let across = x - self.centre.0;
        let beyond = self.server + 52.0;
        let y = if self.words_above(id) {
            y - beyond
        } else {
            y + beyond + 14.0
        };
        // Above or below a server at the side; diagonally beside the others.
        let aside = self.server + 26.0 + half;
        let (x, y) = if across.abs() > self.ring.0 * 0.7 {
            (x, y)
        } else if self.words_above(id) {
            (
                x + aside,
                y + if across > self.ring.0 * 0.1 {
                    -52.0
                } else {
                    46.0
                },
            )
        } else {
            // Above the clients in the corners.
            (x + aside.copysign(across), y - 76.0)
        };
        let (margin, height) = (half + 14.0, self.size.1);
        (
            x.clamp(margin, self.size.0 - margin),
            y.clamp(38.0, height - 24.0),
        )
    }

    /// The direction of a packet's path, as a unit vector.
    pub fn direction(&self, from: Address, to: Address) -> Point {
        let (a, b) = (self.at(from), self.at(to));
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        (dx / length, dy / length)
    }

    /// Whether a server's words stand above it; below otherwise: always on its outer side, where
    /// no packet passes.
    pub fn words_above(&self, id: NodeId) -> bool {
        self.server_at(id).1 <= self.centre.1
    }
}
