//! Votes: one a term (§5.2), and only for a log that is as up to date (§5.4.1).

use super::super::line::Role;
use super::{Cause, Judge, Moment, Rule};

impl Judge {
    pub(super) fn judge_vote(&mut self, moment: &Moment<'_>) {
        let (Some(vote), Some(term)) = (moment.after.vote, moment.after.term) else {
            return;
        };
        let same_term = moment.before.term == Some(term);
        let earlier = match moment.before.vote {
            Some(vote) if same_term => vote,
            // It may have been in this term before.
            _ => self.servers[moment.id].voted.get(&term).copied(),
        };
        let name = self.name(moment.id).to_owned();
        match (earlier, vote) {
            (Some(first), Some(second)) if first == second => {}
            (Some(_), Some(leader)) if leads_it(moment, leader, term) => {
                self.judge_grant(moment, leader, term);
            }
            (Some(first), Some(second)) => {
                let (first, second) = (self.name(first), self.name(second));
                let told = format!(
                    "{name} voted for {second} in term {term}, but it had voted for {first} in that term"
                );
                self.blame(moment.line, moment.id, Rule::OneVotePerTerm, told);
            }
            (Some(first), None) if same_term => {
                let first = self.name(first);
                let told = format!(
                    "{name} had voted for {first} in term {term}, and has now voted for nobody"
                );
                self.blame(moment.line, moment.id, Rule::OneVotePerTerm, told);
            }
            (None, Some(candidate)) if candidate != moment.id => {
                self.judge_grant(moment, candidate, term);
            }
            _ => {}
        }
    }

    /// A vote that was given in this step, to another server.
    fn judge_grant(&mut self, moment: &Moment<'_>, candidate: usize, term: u64) {
        let (name, whom) = (
            self.name(moment.id).to_owned(),
            self.name(candidate).to_owned(),
        );
        let unasked = |why: &str| format!("{name} voted for {whom} in term {term}, but {why}");
        let theirs = match moment.cause {
            Cause::Message(message) => {
                let asks = message.t == "RV"
                    && message.from.is_none_or(|from| from == candidate)
                    && message.term.is_none_or(|asked| asked == term);
                if !asks {
                    let told = unasked(&format!(
                        "it received {} of {} in term {}",
                        message.t,
                        message.from.map_or("nobody", |from| self.name(from)),
                        message.term.unwrap_or(0)
                    ));
                    return self.blame(moment.line, moment.id, Rule::VoteAsked, told);
                }
                message.li.zip(message.lt)
            }
            // Whose vote a candidate has is another rule.
            Cause::Own if moment.after.role == Some(Role::C) => return,
            Cause::Own => {
                let told = unasked(&format!(
                    "it received no request in this {} step",
                    moment.kind
                ));
                return self.blame(moment.line, moment.id, Rule::VoteAsked, told);
            }
            Cause::Unknown => {
                let stood = self.servers[candidate].campaigns.get(&term).copied();
                if stood.is_none() && self.is_traced(candidate) {
                    let told = unasked(&format!("{whom} does not stand in that term"));
                    return self.blame(moment.line, moment.id, Rule::VoteAsked, told);
                }
                stood.flatten()
            }
        };
        let ours = moment.before.end();
        if let (Some((index, last)), Some((own_index, own_last))) = (theirs, ours)
            && (last, index) < (own_last, own_index)
        {
            let told = format!(
                "{name} granted its vote to {whom} for term {term}, but its own last entry \
                 ({own_index}, term {own_last}) is later than ({index}, term {last})"
            );
            self.blame(moment.line, moment.id, Rule::UpToDate, told);
        }
    }
}

/// Whether the step is a request of a leader of that term. Some implementations record it as their
/// vote, whomever they voted for.
fn leads_it(moment: &Moment<'_>, leader: usize, term: u64) -> bool {
    let Cause::Message(message) = moment.cause else {
        return false;
    };
    matches!(&*message.t, "AE" | "IS") && message.from == Some(leader) && message.term == Some(term)
}
