//! What works beside the page, in a thread of its own: it searches for schedules that break a
//! property, and judges traces. It is a program of its own so that a visitor's first download holds
//! none of it.

/// Smaller and quicker than the allocator that comes with the target.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    raftarium::ui::catch_panics();
    raftarium::ui::work();
}
