//! Memory: the question of a page comes back after one day, after three, and after seven. Who then
//! answers wrongly begins again.

use std::fmt;
use std::str::FromStr;

use super::Place;

/// After how many days a question comes back: first, and after each right answer.
const REST: [u32; 3] = [1, 3, 7];

/// A day, counted from 1 January 1970.
pub type Day = u32;

/// The questions that were answered, each with the time at which it comes back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Memory(Vec<Card>);

/// A page's question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Card {
    place: Place,
    /// How often it came back and was answered rightly.
    known: usize,
    /// From which day on it is asked.
    due: Day,
}

impl Memory {
    /// Notes that the page's question was answered, rightly or not. An answer before its day
    /// changes nothing: what was just read is no memory.
    pub fn note(&mut self, place: Place, right: bool, today: Day) {
        let Some(card) = self.0.iter_mut().find(|card| card.place == place) else {
            let due = today + REST[0];
            return self.0.push(Card {
                place,
                known: 0,
                due,
            });
        };
        if card.due <= today {
            card.known = if right { card.known + 1 } else { 0 };
            card.due = today + REST.get(card.known).copied().unwrap_or_default();
        }
    }

    /// The pages whose questions come back today or should have before, the oldest first.
    pub fn due(&self, today: Day) -> Vec<Place> {
        let mut cards: Vec<&Card> = self.open().filter(|card| card.due <= today).collect();
        cards.sort_by_key(|card| card.due);
        cards.iter().map(|card| card.place).collect()
    }

    /// The day on which the next question comes back.
    pub fn next(&self) -> Option<Day> {
        self.open().map(|card| card.due).min()
    }

    /// Those that are to come back.
    fn open(&self) -> impl Iterator<Item = &Card> {
        self.0.iter().filter(|card| card.known < REST.len())
    }

    /// Takes in what `Display` wrote of a card; not what makes no sense, and says whether it does.
    pub(super) fn read(&mut self, place: Place, card: &str) -> bool {
        let Some((known, due)) = card.split_once('@') else {
            return false;
        };
        let (Ok(known), Ok(due)) = (usize::from_str(known), Day::from_str(due)) else {
            return false;
        };
        self.0.retain(|card| card.place != place);
        self.0.push(Card { place, known, due });
        true
    }

    /// Takes in another memory: of two cards of a page, the one that was known more often.
    pub(super) fn join(&mut self, other: Self) {
        for card in other.0 {
            match self.0.iter_mut().find(|own| own.place == card.place) {
                Some(own) if (card.known, card.due) > (own.known, own.due) => *own = card,
                Some(_) => {}
                None => self.0.push(card),
            }
        }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Card { place, known, due } in &self.0 {
            write!(f, " {place}={known}@{due}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_comes_back_after_one_day_three_and_seven() {
        let place = Place {
            chapter: 5,
            page: 2,
        };
        let mut memory = Memory::default();
        memory.note(place, true, 100);
        assert_eq!((memory.due(100), memory.next()), (vec![], Some(101)));
        // Before its day, an answer changes nothing.
        memory.note(place, false, 100);
        assert_eq!(memory.due(101), [place]);
        memory.note(place, true, 105);
        assert_eq!(memory.next(), Some(108));
        memory.note(place, true, 108);
        assert_eq!(memory.next(), Some(115));
        let mut forgot = memory.clone();
        forgot.note(place, false, 120);
        assert_eq!(forgot.next(), Some(121));
        // Who knew it three times is not asked any more.
        memory.note(place, true, 115);
        assert_eq!((memory.due(1_000), memory.next()), (vec![], None));
    }

    #[test]
    fn it_is_kept_as_text() {
        let mut memory = Memory::default();
        memory.note(
            Place {
                chapter: 0,
                page: 2,
            },
            true,
            20_000,
        );
        assert_eq!(memory.to_string(), " 0/2=0@20001");
        let mut read = Memory::default();
        read.read(
            Place {
                chapter: 0,
                page: 2,
            },
            "0@20001",
        );
        read.read(
            Place {
                chapter: 0,
                page: 3,
            },
            "0@soon",
        );
        read.read(
            Place {
                chapter: 0,
                page: 3,
            },
            "1",
        );
        assert_eq!(read, memory);
    }
}
