//! Mounts the page, or works where there is none: in a worker.

/// Smaller and quicker than the allocator that comes with the target.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    raftarium::ui::catch_panics();
    let Some(window) = web_sys::window() else {
        return raftarium::ui::work();
    };
    let document = window.document();
    if let Some(root) = document.and_then(|document| document.get_element_by_id("app")) {
        yew::Renderer::<raftarium::ui::App>::with_root(root).render();
    }
}
