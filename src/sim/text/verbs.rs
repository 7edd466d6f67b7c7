//! The verbs: one line for each, which the grammar, its errors, the completion and the help use.
//!
//! An action names its verb in [`Verb::of`], and a verb reads its action in
//! `Words::action`: neither compiles without the other.

use crate::raft::Change;
use crate::sim::action::Action;

macro_rules! verbs {
    ($($variant:ident $form:literal $help:literal;)*) => {
        /// What a line that does something begins with.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)] // `form` and `help` say it
        pub enum Verb { $($variant,)* }

        impl Verb {
            /// All verbs, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// How it is written, with examples for what follows. `[...]` may be left out, `...`
            /// stands for more of the same.
            pub fn form(self) -> &'static str {
                match self { $(Self::$variant => $form,)* }
            }

            /// What it does, in one sentence.
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

verbs! {
    Add "add S6" "The leader is asked to add a server as a voter.";
    Client "client C1 writes x every 300ms" "A client writes 1, 2, 3, ... by itself; \"client C1 stops\" ends it.";
    Compact "compact S1" "A server replaces its applied entries by a snapshot.";
    Config "config heartbeat=50ms ..." "Changes settings of the running cluster.";
    Crash "crash S1 ..." "Servers stop and keep only what is on their disks.";
    Cut "cut S1-S2 ..." "Links carry no packets any more, in both directions or in one (S1>S2).";
    Delay "delay S1>S2 append 80ms" "A packet that travels arrives later.";
    Deliver "deliver S1>S2 append" "A packet that travels arrives now.";
    Drop "drop S1>S2 append" "A packet that travels is lost.";
    Duplicate "duplicate S1>S2 append" "A packet that travels arrives twice.";
    FailDisk "fail-disk S1 ..." "A disk completes no write until it is mended.";
    Heal "heal [S1-S2] ..." "Cut links carry packets again; all of them if none is named.";
    Hold "hold S1-S2 ..." "Packets wait at the end of these links until they are released.";
    Isolate "isolate S1 ..." "Cuts all links between a server and the other servers.";
    Jump "jump S1 500ms" "A server's clock jumps forward, or back (-500ms).";
    Learner "learner S6" "The leader is asked to add a server without a vote.";
    Lossy "lossy S1-S2 30%" "A link loses this share of its packets; \"off\" ends it.";
    Members "members S1 S2 ..." "The leader is asked to make these servers the voters.";
    MendDisk "mend-disk S1 ..." "A disk that failed completes its writes again.";
    Partition "partition S1 S2 C1 | S3 S4 S5" "Only those on the same side of | reach each other.";
    Pause "pause S1 ..." "A server's process stops and keeps its memory; messages to it wait.";
    Read "read C1 x [from S3]" "A client reads a value, at a server of your choice.";
    Release "release S1-S2 ..." "Held packets arrive.";
    Remove "remove S1" "The leader is asked to remove a server from the cluster.";
    Request "request C1 x=5 [to S2]" "A client sends a request: x=5, x+=1, x?, -x or x:1>2.";
    Restart "restart S1 ..." "Crashed servers start from their disks.";
    Resume "resume S1 ..." "Paused servers go on where they stopped.";
    Retire "retire S1" "A server that was removed is taken away.";
    Rules "rules off commit-own-term ..." "Switches rules of Raft off or on.";
    Skew "skew S1 2/1" "A server's clock runs at this rate: 2/1 is twice as fast.";
    Slow "slow S1-S2 80ms" "Packets on a link take this long; \"off\" ends it.";
    SlowDisk "slow-disk S1 20ms" "A server's disk takes this long for a write; \"off\" ends it.";
    Timeout "timeout S1 ..." "A server's election timer expires now.";
    Timer "timer S1 80ms" "A server's election timer will expire after this time.";
    Transfer "transfer S2" "The leader is asked to transfer its leadership to S2.";
    Wipe "wipe S1 ..." "A crashed server loses its disk too.";
}

impl Verb {
    /// The word itself.
    pub fn word(self) -> &'static str {
        let form = self.form();
        form.split(' ').next().unwrap_or(form)
    }

    /// The verb of that word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.word() == word)
    }

    /// The verb that an action is written with.
    pub fn of(action: &Action) -> Self {
        match action {
            Action::Change(Change::Add(_)) => Self::Add,
            Action::Change(Change::Learn(_)) => Self::Learner,
            Action::Change(Change::Remove(_)) => Self::Remove,
            Action::Change(Change::Voters(_)) => Self::Members,
            Action::Client(..) => Self::Client,
            Action::Compact(_) => Self::Compact,
            Action::Configure(_) => Self::Config,
            Action::Crash(_) => Self::Crash,
            Action::Cut(_) => Self::Cut,
            Action::Delay(..) => Self::Delay,
            Action::Deliver(_) => Self::Deliver,
            Action::Drop(_) => Self::Drop,
            Action::Duplicate(_) => Self::Duplicate,
            Action::FailDisk(_, true) => Self::FailDisk,
            Action::FailDisk(_, false) => Self::MendDisk,
            Action::Heal(_) => Self::Heal,
            Action::Hold(_) => Self::Hold,
            Action::Isolate(_) => Self::Isolate,
            Action::Jump(..) => Self::Jump,
            Action::Lossy(..) => Self::Lossy,
            Action::Partition(_) => Self::Partition,
            Action::Pause(_) => Self::Pause,
            Action::Read(..) => Self::Read,
            Action::Release(_) => Self::Release,
            Action::Request(..) | Action::RequestTo(..) => Self::Request,
            Action::Restart(_) => Self::Restart,
            Action::Resume(_) => Self::Resume,
            Action::Retire(_) => Self::Retire,
            Action::Rule(..) => Self::Rules,
            Action::SetTimer(..) => Self::Timer,
            Action::Skew(..) => Self::Skew,
            Action::Slow(..) => Self::Slow,
            Action::SlowDisk(..) => Self::SlowDisk,
            Action::Timeout(_) => Self::Timeout,
            Action::Transfer(_) => Self::Transfer,
            Action::Wipe(_) => Self::Wipe,
        }
    }
}

/// `", did you mean \"crash\"?"` for a word that is nearly one of these, and nothing for others.
pub fn did_you_mean<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let lower = word.to_lowercase();
    let known = SYNONYMS.iter().find(|(other, _)| *other == lower);
    let words: Vec<&str> = words.into_iter().collect();
    let near = known
        .map(|(_, verb)| *verb)
        .filter(|verb| words.contains(verb))
        .or_else(|| {
            let distances = words.iter().map(|other| (distance(&lower, other), *other));
            let (changes, nearest) = distances.min_by_key(|(changes, _)| *changes)?;
            let most = if lower.chars().count() < 5 { 1 } else { 2 };
            (changes <= most).then_some(nearest)
        });
    near.map_or_else(String::new, |near| format!(". Did you mean \"{near}\"?"))
}

/// Words that other tools use.
const SYNONYMS: &[(&str, &str)] = &[
    ("disconnect", "isolate"),
    ("kill", "crash"),
    ("nodes", "servers"),
    ("mend", "heal"),
    ("send", "request"),
    ("set", "config"),
    ("sleep", "run"),
    ("start", "restart"),
    ("stop", "crash"),
    ("suspend", "pause"),
    ("wait", "run"),
    ("write", "request"),
];

/// How many characters to insert, delete, replace or swap to make one word the other (optimal string
/// alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 30 {
        return a.len();
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}
