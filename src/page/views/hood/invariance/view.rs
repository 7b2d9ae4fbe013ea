//! Invariance: the response to each operation alone, before and after training.

use leptos::prelude::*;

use super::model::{self, Row};
use crate::{
    page::{
        components::{
            canvas::png_button::PngButton,
            controls::explain::Explain,
            dynamic::{dynamic, memo},
        },
        store::Store,
        words::glossary,
    },
    protocol::{InvarianceRequest, Stage},
};

/// The two networks, and the CSS classes of their dots.
const ENCODERS: [(&str, Stage, &str); 2] =
    [("Untrained", Stage::Untrained, "dot before"), ("Trained", Stage::Trained, "dot after")];

/// A sentence, and a line with two dots for every operation.
#[component]
pub fn Invariance() -> impl IntoView {
    let store = Store::expect();
    for (_, stage, _) in ENCODERS {
        store.keep_asking(move |_| Some(InvarianceRequest { stage }.into()));
    }
    let rows = memo(move || store.with(model::rows));
    let sentence = Signal::derive(move || store.with(model::sentence));
    let others = Signal::derive(move || {
        model::change(store.with(|state| {
            ENCODERS.map(|(_, stage, _)| state.answer(InvarianceRequest { stage }).map(|found| found.others))
        }))
    });
    let body =
        dynamic(move || rows.get().into_iter().map(|row| view! { <OperationLine row /> }).collect_view());
    view! {
        <section class="invariance" data-figure="invariance">
            <h2>"What it learned to ignore"</h2>
            <p class="lead">
                "Each picture is changed in one way, as strongly as in training, and compared with itself. At 1, the network doesn’t notice. "
                <Explain term=glossary::INVARIANCE /> " " <PngButton name="Invariance" />
            </p>
            <p aria-live="polite">{sentence}</p>
            <table class="scores invariance-lines">
                <thead>
                    <tr>
                        <th scope="col">"Changed by"</th>
                        <th scope="col">
                            <span class="axis" aria-hidden="true"><span>"another picture"</span><span>"the very same"</span></span>
                            <span class="visually-hidden">"Between another picture and the very same"</span>
                        </th>
                        <th scope="col">"Similarity, before training → after"</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row">"Another picture"</th>
                        <td></td>
                        <td>{others}</td>
                    </tr>
                </tfoot>
            </table>
            <p class="note">
                <span class="dot before" aria-hidden="true"></span> " before training, "
                <span class="dot after" aria-hidden="true"></span> " after. On the left, a picture changed like this is as strange as any other. On the right, the network doesn’t notice."
            </p>
        </section>
    }
}

/// The line of an operation: a hollow dot for the position of the changed picture between another
/// picture and identity by the untrained network, a full one by the trained network.
#[component]
fn OperationLine(row: Row) -> impl IntoView {
    let Row { name, strength, on, cosines, overlooked } = row;
    let remark = match (on, strength.is_empty()) {
        (true, _) => strength,
        (false, true) => "not used in training".to_owned(),
        (false, false) => format!("{strength}; not used in training"),
    };
    let dot = |((_, _, class), share): ((&str, Stage, &'static str), Option<f32>)| {
        let percent = format!("{:.1}%", share?.clamp(0.0, 1.0) * 100.0);
        Some(view! { <span class=class style:left=percent></span> }.into_any())
    };
    let dots: Vec<_> = ENCODERS.into_iter().zip(overlooked).filter_map(dot).collect();
    view! {
        <tr class:off=!on>
            <th scope="row">{name} <span class="note">{remark}</span></th>
            <td><span class="track" aria-hidden="true">{dots}</span></td>
            <td class="value">{model::change(cosines)}</td>
        </tr>
    }
}
