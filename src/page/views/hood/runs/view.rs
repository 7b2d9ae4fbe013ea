//! The kept runs: their differences and scores, and a comparison of two.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    run_chart::{LINES, RunChart},
    run_words::{described, difference, scores},
    state::Record,
};
use crate::{
    page::{
        components::{
            controls::explain::Explain,
            dynamic::{When, dynamic, handler, keyed, memo},
        },
        files::builtin,
        store::Store,
        words::glossary,
    },
    plot::chart::{POSITIVE, SHARE, smooth},
    protocol::StepReport,
};

/// The list of runs and the comparison; nothing until a run is kept.
#[component]
pub fn RunsView() -> impl IntoView {
    let store = Store::expect();
    let any = Signal::derive(move || store.with(|state| !state.runs.is_empty()));
    let list = memo(move || {
        store.with(|state| {
            let runs = state.outlines();
            let before = |i: usize| i.checked_sub(1).map(|i| &*runs[i]);
            let items = runs.iter().enumerate();
            items.map(|(i, run)| (run.number, described(run, before(i)))).collect::<Vec<_>>()
        })
    });
    let numbers = move || list.with(|list| list.iter().map(|(number, _)| *number).collect());
    let words = move |number: u32| {
        let words = list.with(|list| list.iter().find(|(other, _)| *other == number).cloned());
        words.map_or_else(String::new, |(_, words)| words)
    };
    let item = move |number: u32| {
        view! { <Item number words=Signal::derive(move || words(number)) /> }
    };
    view! {
        <When holds=any>
            <section class="runs" aria-label="Runs">
                <div class="row-head">
                    <h2>"Runs"</h2>
                    <Explain term=glossary::RUNS />
                </div>
                <ul class="run-list">{keyed(numbers, u32::to_string, item)}</ul>
                <Comparison />
            </section>
        </When>
    }
}

/// A run, a switch for the comparison, and a button that adopts its settings.
#[component]
fn Item(number: u32, words: Signal<String>) -> impl IntoView {
    let store = Store::expect();
    view! {
        <li>
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || {
                        store.with(|state| state.compared().contains(&number))
                    }
                    on:change=handler(move |_| store.update(|state| state.pick_run(number)))
                />
                <b>{format!("Run {number}")}</b>
                " "
                <span class="run-words">{words}</span>
            </label>
            <button
                class="button quiet"
                type="button"
                aria-label=format!("Use its settings: run {number}")
                on:click=handler(move |_| builtin::use_settings_of(store, number))
            >
                "Use its settings"
            </button>
        </li>
    }
}

/// A comparison of two runs: curves in one chart each, scores in a table.
#[component]
fn Comparison() -> impl IntoView {
    let store = Store::expect();
    let records = memo(move || {
        store.with(|state| {
            let mut numbers = state.compared();
            if let [first, second] = numbers.as_mut_slice()
                && first > second
            {
                std::mem::swap(first, second);
            }
            let runs: Vec<_> = numbers.into_iter().filter_map(|number| state.record(number)).collect();
            if runs.len() == 2 { runs } else { Vec::new() }
        })
    });
    let pair = move || <[Arc<Record>; 2]>::try_from(records.get()).ok();
    let show = |pair: [Arc<Record>; 2]| {
        let other_loss = pair[0].settings.loss != pair[1].settings.loss;
        let remark =
            if other_loss { " Their loss functions differ, so don’t compare the losses." } else { "" };
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
    view! {
        {dynamic(move || pair().map(show))}
        <div class="run-charts">
            <RunChart
                name="Loss"
                term=glossary::LOSS
                records
                usual=POSITIVE
                line=|record| reports(record, |report| report.loss)
            />
            <RunChart
                name="Accuracy"
                term=glossary::ACCURACY
                records
                usual=SHARE
                line=|record| reports(record, |report| report.accuracy)
            />
            <RunChart
                name="kNN"
                term=glossary::KNN
                records
                usual=SHARE
                line=|record| record.knn.iter().map(|(step, knn)| (*step as f32, *knn)).collect()
            />
            <RunChart
                name="Effective rank"
                term=glossary::EFFECTIVE_RANK
                records
                usual=POSITIVE
                line=|record| record.ranks.iter().map(|(step, rank)| (*step as f32, *rank)).collect()
            />
        </div>
        {dynamic(move || pair().map(table))}
    }
}

/// Returns a curve over the steps, smoothed like the curves above.
fn reports(record: &Record, read: fn(&StepReport) -> f32) -> Vec<(f32, f32)> {
    let values: Vec<f32> = record.steps.iter().map(read).collect();
    let values = smooth(&values);
    record.steps.iter().zip(values).map(|(report, value)| (report.step as f32, value)).collect()
}
