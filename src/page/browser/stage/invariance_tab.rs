//! What the encoder has learned to overlook: each operation alone, before and after training.

use leptos::prelude::*;

use crate::{
    page::{
        browser::{
            dynamic::{dynamic, effect, memo},
            explain::Explain,
            png_button::PngButton,
            session::Session,
        },
        invariance::{self, Row},
        state::Part,
        terms, words,
    },
    protocol::Stage,
};

/// The two encoders, and the looks of their bars.
const ENCODERS: [(&str, Stage, &str); 2] =
    [("Untrained", Stage::Untrained, "bar before"), ("Trained", Stage::Trained, "bar after")];

/// A sentence, and a row of bars for every operation.
#[component]
pub fn InvarianceTab() -> impl IntoView {
    let session = Session::expect();
    effect(move || {
        session.track([Part::Results, Part::Settings, Part::Run]);
        ENCODERS.iter().for_each(|(_, stage, _)| session.request_invariance(*stage));
    });
    let parts = [Part::Invariance, Part::Results, Part::Settings, Part::Pictures];
    let rows = memo(move || session.read(parts, invariance::rows));
    let others = memo(move || {
        session.read(parts, |state| {
            ENCODERS.map(|(_, stage, _)| state.invariance(stage).map(|found| found.others))
        })
    });
    let sentence = Signal::derive(move || session.read(parts, invariance::sentence));
    let body = dynamic(move || {
        let rows = rows.get().into_iter();
        rows.map(|row| view! { <OperationBars row others=others.get() /> }).collect_view()
    });
    let foot = dynamic(move || {
        let values = others.get().map(|value| value.map_or("–".to_owned(), words::similarity));
        values.map(|value| view! { <td>{value}</td> }).collect_view()
    });
    view! {
        <div class="invariance" data-figure="invariance">
            <p class="lead">
                "Pictures are changed by one operation alone, at its strength in step Augment, and compared with what they were. At 1 the encoder does not notice the change. "
                <Explain term=terms::INVARIANCE /> " " <PngButton name="Invariance" />
            </p>
            <p aria-live="polite">{sentence}</p>
            <table class="scores invariance-bars">
                <thead>
                    <tr>
                        <th scope="col">"Changed by"</th>
                        {ENCODERS.map(|(name, ..)| view! { <th scope="col">{name}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row">"Another picture"</th>
                        {foot}
                    </tr>
                </tfoot>
            </table>
            <p class="note">
                "The line across a bar is how similar two different pictures are. A bar that ends near it says: changed like this, a picture is as strange as any other."
            </p>
        </div>
    }
}

/// One operation's bars.
#[component]
fn OperationBars(row: Row, others: [Option<f32>; 2]) -> impl IntoView {
    let Row { name, strength, on, cosines } = row;
    let remark = match (on, strength.is_empty()) {
        (true, _) => strength,
        (false, true) => "not used in training".to_owned(),
        (false, false) => format!("{strength}; not used in training"),
    };
    let bars = ENCODERS.into_iter().zip(cosines.into_iter().zip(others));
    let bars = bars.map(|((_, _, class), (cosine, others))| {
        let words = cosine.map_or("–".to_owned(), words::similarity);
        let percent = |value: Option<f32>| format!("{:.1}%", value.unwrap_or_default().clamp(0.0, 1.0) * 100.0);
        view! {
            <td>
                <span class="track" aria-hidden="true">
                    <span class=class style:width=percent(cosine)></span>
                    {others.map(|others| view! { <span class="mark" style:left=percent(Some(others))></span> })}
                </span>
                <span class="value">{words}</span>
            </td>
        }
    });
    view! {
        <tr class:off=!on>
            <th scope="row">{name} <span class="note">{remark}</span></th>
            {bars.collect_view()}
        </tr>
    }
}
