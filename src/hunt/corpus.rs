//! Runs that are worth going on from: of each feature a few, and the further they got the better.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dice::Dice;
use super::shape::Stage;
use super::walk::Walk;

/// Runs kept of each feature.
const SAMPLES: usize = 6;

/// The most features that are told apart at each stage: what a hunt may remember is limited.
const MOST_FEATURES: usize = 4_000;

/// All that is kept.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    shelves: [Shelf; Stage::COUNT],
}

/// What is kept of a stage.
#[derive(Clone, Debug, Default)]
struct Shelf {
    places: BTreeMap<u64, usize>,
    samples: Vec<Sample>,
}

/// Runs that have a feature in common.
#[derive(Clone, Debug, Default)]
struct Sample {
    /// How often the feature was seen.
    seen: usize,
    runs: Vec<Arc<Walk>>,
}

impl Corpus {
    /// A run to go on from; none means to begin anew. The later stages are chosen from first, each
    /// once in three times.
    pub fn pick(&self, dice: &mut Dice) -> Option<Arc<Walk>> {
        let mut shelves = self.shelves.iter().rev();
        let shelf = shelves.find(|shelf| !shelf.samples.is_empty() && dice.once_in(3))?;
        let sample = &shelf.samples[dice.below(shelf.samples.len())];
        Some(Arc::clone(&sample.runs[dice.below(sample.runs.len())]))
    }

    /// Keeps a run of so many actions for a feature, perhaps in place of another. Short ones are
    /// preferred: there is more room to go on from them.
    pub fn add(
        &mut self,
        stage: Stage,
        feature: u64,
        moves: usize,
        mut run: impl FnMut() -> Arc<Walk>,
        dice: &mut Dice,
    ) {
        let Shelf { places, samples } = &mut self.shelves[stage as usize];
        let place = match places.get(&feature) {
            Some(place) => *place,
            None if samples.len() == MOST_FEATURES => return,
            None => {
                places.insert(feature, samples.len());
                samples.push(Sample::default());
                samples.len() - 1
            }
        };
        let Sample { seen, runs } = &mut samples[place];
        *seen += 1;
        if runs.len() < SAMPLES {
            return runs.push(run());
        }
        let other = dice.below(SAMPLES);
        // Every run that had the feature is as likely to be kept as any other.
        if moves < runs[other].moves() || dice.below(*seen) < SAMPLES {
            runs[other] = run();
        }
    }

    /// How many features were seen.
    pub fn len(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.samples.len()).sum()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
