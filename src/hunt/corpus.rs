//! The runs that a hunt continues from: a few for each feature, and those of later stages first.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::shape::Stage;
use super::walk::Walk;
use crate::sim::Rng;

/// The number of runs that are kept for each feature.
const SAMPLES: usize = 6;

/// The most features of each stage. It bounds the memory of a hunt.
const MOST_FEATURES: usize = 4_000;

/// All runs that are kept.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    shelves: [Shelf; Stage::COUNT],
}

/// The runs of one stage.
#[derive(Clone, Debug, Default)]
struct Shelf {
    places: BTreeMap<u64, usize>,
    samples: Vec<Sample>,
}

/// Runs with the same feature.
#[derive(Clone, Debug, Default)]
struct Sample {
    /// The number of times that the feature was seen.
    seen: usize,
    runs: Vec<Arc<Walk>>,
}

impl Corpus {
    /// A run to continue; none: start a new one. Stages are tried from the last one, each with a
    /// chance of one third.
    pub fn pick(&self, rng: &mut Rng) -> Option<Arc<Walk>> {
        let mut shelves = self.shelves.iter().rev();
        let shelf = shelves.find(|shelf| !shelf.samples.is_empty() && rng.once_in(3))?;
        let sample = &shelf.samples[rng.below(shelf.samples.len())];
        Some(Arc::clone(&sample.runs[rng.below(sample.runs.len())]))
    }

    /// Keeps a run with this many actions for a feature, perhaps instead of another. It prefers short
    /// runs: they leave more room to continue.
    pub fn add(
        &mut self,
        stage: Stage,
        feature: u64,
        moves: usize,
        mut run: impl FnMut() -> Arc<Walk>,
        rng: &mut Rng,
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
        let other = rng.below(SAMPLES);
        // Reservoir sampling: every run with the feature is equally likely to be kept.
        if moves < runs[other].moves() || rng.below(*seen) < SAMPLES {
            runs[other] = run();
        }
    }

    /// The number of features seen.
    pub fn len(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.samples.len()).sum()
    }

    /// Whether no feature was seen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
