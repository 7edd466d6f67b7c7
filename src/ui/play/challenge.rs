//! A challenge that is open: how many acts it has taken, and how many are enough.

use std::cmp::Ordering;

use yew::prelude::*;

use crate::course::gallery::{self, Exhibit};
use crate::narrate::{fill, say};
use crate::session::{Session, link};
use crate::ui::storage;

/// A challenge that is open.
pub struct Challenge {
    name: &'static str,
    /// How many actions the scenario itself took.
    begun: usize,
    /// How many acts are enough.
    par: usize,
    /// The link to a run in which it is met.
    solution: String,
    /// With how many acts it was met.
    met: Option<usize>,
}

impl Challenge {
    /// What the scenario asks for, if it is a challenge.
    pub fn of(exhibit: &Exhibit) -> Option<Self> {
        exhibit.goal.as_ref()?;
        let (name, begun) = (exhibit.name, exhibit.begun());
        let mut solution = exhibit.solution().ok()?;
        let par = solution.actions().len() - begun;
        solution.seek(exhibit.session().ok()?.now());
        Some(Self {
            name,
            begun,
            par,
            solution: format!("#/run/{}", link::write(&solution)),
            met: None,
        })
    }

    /// How many acts there are in this run.
    fn acts(&self, session: &Session) -> usize {
        session.actions().len().saturating_sub(self.begun)
    }

    /// Notes whether it is met.
    pub fn look(&mut self, session: &Session) {
        let Some(step) = session.met(0) else {
            self.met = None;
            return;
        };
        if self.met.is_none() {
            // A run that was opened again may go on after that.
            let mut records = session.records().iter();
            let met = records.find(|record| record.step.id == step);
            let at = met.map_or_else(|| session.now(), |record| record.step.at);
            let acts = session.actions().iter().filter(|(when, _)| *when <= at);
            let acts = acts.count().saturating_sub(self.begun);
            self.met = Some(acts);
            keep(self.name, acts);
        }
    }

    /// What is said of it below its question.
    pub fn card(&self, session: &Session, on_again: &Callback<bool>) -> Html {
        let (acts, par) = (self.acts(session), self.par);
        let best = best(self.name).filter(|_| self.met.is_none());
        let best = best.map(|best| " ".to_owned() + &fill("· your best {}", &[&best]));
        let said = match self.met {
            None => html! { <p>{ fill("Your acts: {} · par {}", &[&acts, &par]) }{ for best }</p> },
            Some(met) => {
                let judged = match met.cmp(&par) {
                    Ordering::Greater => fill("in {}: par is {}.", &[&met, &par]),
                    Ordering::Equal => fill("in {}: that is par.", &[&met]),
                    Ordering::Less => fill("in {}: less than par, which is {}!", &[&met, &par]),
                };
                html! { <p class="solved"><b>{ say("Done") }</b>{ " " }{ judged }</p> }
            }
        };
        let again = on_again.reform(|_: MouseEvent| false);
        html! {
            <div class="challenge">
                <div role="status">{ said }</div>
                <button class="bordered small" onclick={again}>{ say("Start again") }</button>
                <details>
                    <summary>{ say("A solution") }</summary>
                    <a href={self.solution.clone()}>{ say("Open a run that does it") }</a>{ say(", then press Play.") }
                </details>
            </div>
        }
    }
}

/// The fewest acts with which the challenge was ever met here.
pub fn best(name: &str) -> Option<usize> {
    let kept = storage::read(storage::CHALLENGES)?;
    let mut kept = kept.split(' ').filter_map(|one| one.split_once('='));
    kept.find(|(other, _)| *other == name)?.1.parse().ok()
}

/// All best results, as they are kept: `lose-a-write=7 beat-the-hunter=9`.
pub fn bests() -> String {
    storage::read(storage::CHALLENGES).unwrap_or_default()
}

/// Takes in what [`bests`] wrote elsewhere; where both have a result, the better one stays.
///
/// # Errors
/// The first word that makes no sense; then nothing has changed.
pub fn import(text: &str) -> Result<(), String> {
    let read = |word: &str| {
        let (name, acts) = word.split_once('=')?;
        Some((name.to_owned(), acts.parse::<usize>().ok()?))
    };
    let words = text.split_ascii_whitespace();
    let read = words.map(|word| read(word).ok_or_else(|| word.to_owned()));
    let read: Result<Vec<_>, String> = read.collect();
    for (name, acts) in read? {
        // Challenges of another version are none here.
        if gallery::named(&name).is_some() {
            keep(&name, acts);
        }
    }
    Ok(())
}

/// Forgets all best results.
pub fn forget() {
    storage::write(storage::CHALLENGES, "");
}

fn keep(name: &str, acts: usize) {
    if best(name).is_some_and(|best| best <= acts) {
        return;
    }
    let kept = storage::read(storage::CHALLENGES).unwrap_or_default();
    let others = kept
        .split(' ')
        .filter(|one| one.split_once('=').is_some_and(|(other, _)| other != name));
    let kept = others.fold(format!("{name}={acts}"), |kept, other| kept + " " + other);
    storage::write(storage::CHALLENGES, &kept);
}
