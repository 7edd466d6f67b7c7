//! What the commands of a script need of a cluster, whoever keeps it: a script's runner, or a
//! session at its cursor.

use super::command::Span;
use super::condition::Condition;
use super::runner::{LONGEST_RUN, MOST_STEPS};
use crate::check::Checker;
use crate::sim::{Action, Time, World};

/// A cluster in which time passes when it is told to.
pub trait Timed {
    /// The world as it is now, and what was found of properties broken so far.
    fn watched(&mut self) -> (&World, &Checker);

    /// When something happens next.
    fn next_at(&mut self) -> Option<Time>;

    /// Lets the next thing happen.
    fn take_step(&mut self);

    /// Lets time pass, in which nothing happens.
    fn wait_until(&mut self, to: Time);

    /// Lets everything happen that is due up to `to`.
    fn run_to(&mut self, to: Time) -> Result<(), String> {
        let start = self.watched().0.now();
        if to.saturating_sub(start) > LONGEST_RUN {
            return Err(format!("this is too long: at most {LONGEST_RUN} at a time"));
        }
        let mut steps = 0;
        while self.next_at().is_some_and(|next| next <= to) {
            self.step(&mut steps)?;
        }
        self.wait_until(to);
        Ok(())
    }

    /// Lets time pass up to a moment that a statement names.
    fn run_up_to(&mut self, at: Time) -> Result<(), String> {
        let now = self.watched().0.now();
        if at < now {
            return Err(format!("{at} is past: it is {now} already"));
        }
        self.run_to(at)
    }

    /// Lets time pass until a condition holds, for `length` at most.
    fn run_until(&mut self, condition: &Condition, length: Time) -> Result<(), String> {
        condition.check(self.watched().0)?;
        if length > LONGEST_RUN {
            return Err(format!("that is too long: {LONGEST_RUN} at a time"));
        }
        let limit = self.watched().0.now() + length;
        let mut steps = 0;
        loop {
            let next = self.next_at();
            let (world, checker) = self.watched();
            if condition.holds(world, checker, true) {
                return Ok(());
            }
            if next.is_none_or(|next| next > limit) {
                let instead = condition.instead(world, checker);
                return Err(format!(
                    "this did not happen in {length} of virtual time: {instead}"
                ));
            }
            self.step(&mut steps)?;
        }
    }

    /// Lets so many things happen.
    fn take_steps(&mut self, count: u64) -> Result<(), String> {
        let mut steps = 0;
        for _ in 0..count {
            if self.next_at().is_none() {
                return Err("nothing is left to happen".into());
            }
            self.step(&mut steps)?;
        }
        Ok(())
    }

    /// Lets the next thing happen, unless too much has.
    fn step(&mut self, steps: &mut u64) -> Result<(), String> {
        *steps += 1;
        if *steps > MOST_STEPS {
            return Err(format!(
                "these are too many steps: at most {MOST_STEPS} at a time"
            ));
        }
        self.take_step();
        Ok(())
    }

    /// Expects a condition now, at some moment, or all the time.
    fn expect(&mut self, condition: &Condition, span: Span) -> Result<(), String> {
        let length = match span {
            Span::Now => return self.expect_now(condition),
            Span::Within(length) => return self.run_until(condition, length),
            Span::For(length) => length,
        };
        let end = self.watched().0.now() + length;
        if length > LONGEST_RUN {
            return Err(format!("that is too long: {LONGEST_RUN} at a time"));
        }
        let mut steps = 0;
        self.expect_now(condition)?;
        while self.next_at().is_some_and(|next| next <= end) {
            self.step(&mut steps)?;
            let now = self.watched().0.now();
            self.expect_now(condition)
                .map_err(|why| format!("at {now} {why}"))?;
        }
        self.wait_until(end);
        Ok(())
    }

    /// Expects a condition now.
    fn expect_now(&mut self, condition: &Condition) -> Result<(), String> {
        let (world, checker) = self.watched();
        condition.check(world)?;
        if condition.holds(world, checker, false) {
            return Ok(());
        }
        let instead = condition.instead(world, checker);
        Err(format!("this is not true: {instead}"))
    }

    /// Expects that none of these can be done.
    fn expect_refused(&mut self, actions: &[Action]) -> Result<(), String> {
        let (world, _) = self.watched();
        match actions.iter().find(|action| world.check(action).is_ok()) {
            None => Ok(()),
            Some(action) => Err(format!("\"{action}\" is not refused")),
        }
    }
}
