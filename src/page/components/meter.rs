//! A meter with marks.

use leptos::prelude::*;

use crate::page::components::dynamic::dynamic;

/// A mark on a meter: its position from 0 to 1, and its name.
pub type Mark = (f32, &'static str);

/// A bar from 0 to 1 with named marks; its value has to be next to it in words.
#[component]
pub fn Meter(
    /// Length of the bar.
    #[prop(into)]
    share: Signal<f32>,
    /// Marks to compare with.
    #[prop(into)]
    marks: Signal<Vec<Mark>>,
) -> impl IntoView {
    let percent = |share: f32| format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0);
    let mark = move |(share, name): Mark| {
        view! {
            <span class="meter-mark" style:left=percent(share)>
                <span>{name}</span>
            </span>
        }
    };
    view! {
        <div class="meter" aria-hidden="true">
            <div class="meter-track">
                <span class="meter-bar" style:width=move || percent(share.get())></span>
            </div>
            {dynamic(move || marks.get().into_iter().map(mark).collect_view())}
        </div>
    }
}
