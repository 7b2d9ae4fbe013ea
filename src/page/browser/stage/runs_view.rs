//! The runs of this visit: what differed, what came out, two of them side by side.

use std::sync::Arc;

use leptos::prelude::*;

use super::run_chart::{LINES, RunChart};
use crate::page::{
    browser::{explain::Explain, session::Session},
    run_words::{described, difference, scores},
    state::{Part, Record},
    terms,
};

/// The list of runs and the comparison; nothing until there is a run to look back at.
#[component]
pub fn RunsView() -> impl IntoView {
    let session = Session::expect();
    let any = Memo::new(move |_| session.read([Part::Runs], |state| !state.runs.is_empty()));
    let list = Memo::new(move |_| {
        session.read([Part::Runs, Part::Run], |state| {
            let records = state.records();
            let before = |i: usize| i.checked_sub(1).map(|i| &*records[i]);
            let items = records.iter().enumerate();
            items.map(|(i, record)| (record.number, described(record, before(i)))).collect::<Vec<_>>()
        })
    });
    let items =
        move || list.get().into_iter().map(|(number, words)| view! { <Item number words /> }).collect_view();
    view! {
        <Show when=move || any.get()>
            <section class="runs" aria-label="Runs of this visit">
                <div class="row-head">
                    <h2>"Runs of this visit"</h2>
                    <Explain term=terms::RUNS />
                </div>
                <ul class="run-list">{items}</ul>
                <Comparison />
            </section>
        </Show>
    }
}

/// A run, whether it is compared, and the way back to its settings.
#[component]
fn Item(number: u32, words: String) -> impl IntoView {
    let session = Session::expect();
    let picked = move || session.read([Part::Runs, Part::Run], |state| state.compared().contains(&number));
    view! {
        <li>
            <label>
                <input
                    type="checkbox"
                    prop:checked=picked
                    on:change=move |_| session.change(|state| state.pick_run(number))
                />
                <b>{format!("Run {number}")}</b>
                " "
                <span class="run-words">{words}</span>
            </label>
            <button
                class="button quiet"
                type="button"
                aria-label=format!("Use the settings of run {number}")
                on:click=move |_| session.use_settings_of(number)
            >
                "Use its settings"
            </button>
        </li>
    }
}

/// Two runs side by side: curves in one chart each, scores in a table.
#[component]
fn Comparison() -> impl IntoView {
    let session = Session::expect();
    let pair = move || {
        session.read([Part::Runs, Part::Run, Part::Results], |state| {
            let records = state.records();
            let find = |number: &u32| records.iter().find(|record| record.number == *number).cloned();
            let mut pair: Vec<Arc<Record>> = state.compared().iter().filter_map(find).collect();
            pair.sort_by_key(|record| record.number);
            <[Arc<Record>; 2]>::try_from(pair).ok()
        })
    };
    let show = |pair: [Arc<Record>; 2]| {
        let other_loss = pair[0].settings.loss != pair[1].settings.loss;
        let remark =
            if other_loss { " Their losses are of different kinds and cannot be compared." } else { "" };
        view! {
            <p>{difference(&pair[0], &pair[1])} {remark}</p>
            <ul class="run-legend">
                {[0, 1].map(|i| view! {
                    <li>
                        <svg viewBox="0 0 28 8" aria-hidden="true"><path class=LINES[i] d="M0 4H28"></path></svg>
                        {format!("Run {}", pair[i].number)}
                    </li>
                }).collect_view()}
            </ul>
        }
    };
    let table = |[first, second]: [Arc<Record>; 2]| {
        let rows = scores(&first).into_iter().zip(scores(&second));
        view! {
            <table class="scores run-scores">
                <thead>
                    <tr>
                        <th scope="col">"What came out"</th>
                        <th scope="col">{format!("Run {}", first.number)}</th>
                        <th scope="col">{format!("Run {}", second.number)}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .map(|((name, first), (_, second))| view! {
                            <tr>
                                <th scope="row">{name}</th>
                                <td>{first}</td>
                                <td>{second}</td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
        }
    };
    let records = Signal::derive(move || pair().map(Vec::from).unwrap_or_default());
    view! {
        {move || pair().map(show)}
        <div class="run-charts">
            <RunChart name="Loss" term=terms::LOSS records line=|record| reports(record, |report| report.loss) />
            <RunChart
                name="Accuracy"
                term=terms::ACCURACY
                records
                line=|record| reports(record, |report| report.accuracy)
            />
            <RunChart
                name="kNN"
                term=terms::KNN
                records
                line=|record| record.knn.iter().map(|(step, knn)| (*step as f32, *knn)).collect()
            />
            <RunChart
                name="Effective rank"
                term=terms::EFFECTIVE_RANK
                records
                line=|record| record.ranks.iter().map(|(step, rank)| (*step as f32, *rank)).collect()
            />
        </div>
        {move || pair().map(table)}
    }
}

/// A curve over the steps, smoothed as the curves above are.
fn reports(record: &Record, read: fn(&crate::protocol::StepReport) -> f32) -> Vec<(f32, f32)> {
    let values: Vec<f32> = record.steps.iter().map(read).collect();
    let values = crate::plot::chart::smoothed(&values, (values.len() / 30).min(20));
    record.steps.iter().zip(values).map(|(report, value)| (report.step as f32, value)).collect()
}
