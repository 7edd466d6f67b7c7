//! Play: what the user does to the cluster by hand.

pub mod beginning;
pub mod breaking;
pub mod challenge;
pub mod console;
pub mod divide;
pub mod gallery;
pub mod guide;
pub mod hunter;
pub mod kept;
pub mod presets;
pub mod request;
pub mod script;
pub mod settings;
pub mod tools;
pub mod trials;
pub mod unusual;
