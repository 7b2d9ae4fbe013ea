//! A meter with marks.

use leptos::prelude::*;

use crate::{page::components::dynamic::dynamic, small_sort::sort};

/// A mark on a meter: its position from 0 to 1, and its name.
pub type Mark = (f32, &'static str);

/// Distance between marks below which their names would overlap.
const CLOSE: f32 = 0.3;

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
    let all = move || {
        let mut marks = marks.get();
        sort(&mut marks, |a, b| a.0.total_cmp(&b.0));
        let mut before = f32::NEG_INFINITY;
        let mark = |(share, name): Mark| {
            // Every other name of marks that are close together is above the bar.
            let is_above = share - before < CLOSE;
            before = if is_above { f32::NEG_INFINITY } else { share };
            view! {
                <span class="meter-mark" class:above=is_above class:ending={share > 0.5} style:left=percent(share)>
                    <span>{name}</span>
                </span>
            }
        };
        marks.into_iter().map(mark).collect_view()
    };
    view! {
        <div class="meter" aria-hidden="true">
            <div class="meter-track">
                <span class="meter-bar" style:width=move || percent(share.get())></span>
            </div>
            {dynamic(all)}
        </div>
    }
}
