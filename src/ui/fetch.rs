//! The texts of the site that are fetched when they are needed.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::course;
use crate::narrate::{Language, say, spoken};

/// The text of a chapter, or why there is none.
pub async fn chapter(chapter: u16) -> Result<String, String> {
    let listed = course::listed(chapter);
    let file = listed.map_or("", |listed| listed.file);
    let language = listed.map_or(Language::English, |listed| listed.language(spoken()));
    let text = text(language, file).await;
    text.ok_or_else(|| {
        say("This chapter did not arrive. Check the connection, then try again.").to_owned()
    })
}

/// The text of the glossary.
pub async fn words() -> Option<String> {
    text(spoken(), "words.txt").await
}

/// A file beside the chapters of a language.
pub async fn text(language: Language, file: &str) -> Option<String> {
    let folder = match language {
        Language::English => "",
        other => other.code(),
    };
    let address = format!("lessons/{folder}/{file}?{:x}", course::VERSION).replace("//", "/");
    at(&address).await
}

/// A text of the site, if it arrives.
pub async fn at(address: &str) -> Option<String> {
    let window = web_sys::window()?;
    let text = async {
        let response = JsFuture::from(window.fetch_with_str(address)).await?;
        let response: Response = response.dyn_into()?;
        if !response.ok() {
            return Err(JsValue::NULL);
        }
        JsFuture::from(response.text()?).await
    };
    text.await.ok()?.as_string()
}
