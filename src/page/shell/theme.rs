//! The theme: light, dark, or the system's.

use leptos::{ev, prelude::*};

use crate::page::{
    components::dynamic::{effect, handler},
    preferences::{self, THEME},
};

/// The user's choice of theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// The system's theme.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Themes with their keys and their names on the page.
    const NAMES: [(&str, &str, Self); 3] =
        [("auto", "Auto", Self::System), ("light", "Light", Self::Light), ("dark", "Dark", Self::Dark)];

    fn key(self) -> &'static str {
        Self::NAMES.into_iter().find(|(.., theme)| *theme == self).map_or("auto", |(key, ..)| key)
    }

    fn parse(text: &str) -> Self {
        Self::NAMES.into_iter().find(|(key, ..)| *key == text).map_or(Self::System, |(.., theme)| theme)
    }
}

/// Makes the theme available to [`ThemeSwitch`].
pub fn provide() {
    let theme = RwSignal::new(preferences::get(THEME).map_or(Theme::System, |key| Theme::parse(&key)));
    provide_context(theme);
    effect(move || show(theme.get()));
}

/// Applies the theme to the page, and stores the choice if the browser allows it.
fn show(theme: Theme) {
    let root = document().document_element().expect("the page has a root");
    root.set_attribute("data-theme", theme.key()).expect("the name is an attribute's");
    preferences::set(THEME, (theme != Theme::System).then(|| theme.key()));
}

/// A choice of the theme.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let theme = expect_context::<RwSignal<Theme>>();
    let option = |(key, name, _)| view! { <option value=key>{name}</option> };
    view! {
        <select
            class="theme"
            aria-label="Theme"
            title="Theme"
            prop:value=move || theme.get().key()
            on:change=handler(move |event: ev::Event| theme.set(Theme::parse(&event_target_value(&event))))
        >
            {Theme::NAMES.map(option).collect_view()}
        </select>
    }
}
