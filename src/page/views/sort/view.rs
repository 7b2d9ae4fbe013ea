//! The tab Sort: related pictures, near-duplicates and outliers.

use leptos::{ev, prelude::*};

use super::{
    choose_view::Choose,
    controls::{AcrossFolders, GroupCount, Threshold},
    decisions::Decisions,
    examples_view::SearchByExamples,
    folders::Across,
    picture_groups::{Strip, copies, crowd, duplicates, groups, outliers, surplus},
    save_files::SaveFiles,
    silhouette_curve::SilhouetteCurve,
    state::Finding,
    strip_view::StripView,
};
use crate::{
    page::{
        components::{
            controls::{Choice, explain::Explain},
            dynamic::{Memo, When, dynamic, handler, keyed, memo},
            export_button::ExportButton,
            member::Member,
            more::More,
        },
        export::{Export, folders::Folders},
        state::State,
        store::Store,
        words::{self, glossary},
    },
    protocol::{PictureId, Stage},
};

/// Choices of contents.
const FINDINGS: &[(&str, Finding)] = &[
    ("Groups", Finding::Groups),
    ("Copies", Finding::Copies),
    ("Near-duplicates", Finding::Duplicates),
    ("Odd ones out", Finding::Outliers),
    ("By example", Finding::Examples),
    ("Choose", Finding::Choice),
];

/// Number of strips shown at first, and added by each press.
const STRIPS: usize = 20;

/// Number of outliers shown at first, and added by each press.
const OUTLIERS: usize = 40;

/// The choice of contents and embeddings, and the finding.
#[component]
pub fn Sort() -> impl IntoView {
    let store = Store::expect();
    let stage = memo(move || store.with(State::stage_to_sort));
    let finding = memo(move || store.with(|state| state.groups.finding()));
    store.keep_asking(move |state| state.question_to_sort(stage.get()));
    view! {
        <div class="groups">
            <p class="lead">
                "Pictures sorted by similarity alone, without labels. What you select here is selected everywhere. "
                <Explain term=glossary::GROUPS />
            </p>
            <div class="groups-controls">
                <Choice
                    legend="Look for"
                    name="finding"
                    options=FINDINGS
                    value=move || Some(finding.get())
                    on_change=move |finding| store.update(|state| state.look_for(finding))
                />
            </div>
            {dynamic(move || match finding.get() {
                Finding::Groups => view! { <FoundGroups stage /> }.into_any(),
                Finding::Copies => view! { <FoundCopies /> }.into_any(),
                Finding::Duplicates => view! { <FoundDuplicates stage /> }.into_any(),
                Finding::Outliers => view! { <FoundOutliers stage /> }.into_any(),
                Finding::Examples => view! { <SearchByExamples /> }.into_any(),
                Finding::Choice => view! { <Choose /> }.into_any(),
            })}
        </div>
    }
}

/// The groups, the largest first.
#[component]
fn FoundGroups(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let strips = strips(store, stage, groups);
    let words = Signal::derive(move || {
        let suffix = step_suffix(store, stage.get());
        let said = store.with(|state| words::groups(state, stage.get(), &suffix));
        said.unwrap_or_else(|| waiting(store, stage.get(), "Grouping the pictures…"))
    });
    view! {
        <SilhouetteCurve stage />
        <div class="groups-found">
            <GroupCount stage />

            <p class="note" aria-live="polite">{words} <Explain term=glossary::SILHOUETTE /></p>
            <SaveFiles strips name="Save as folders (ZIP)" folders=Folders::of_groups />
            <ExportButton name="Save contact sheet" export=Export::ContactSheet />
        </div>
        <Strips strips name="Group" />
    }
}

/// Sets of copies of one picture.
#[component]
fn FoundCopies() -> impl IntoView {
    let store = Store::expect();
    let strips = memo(move || store.with(copies));
    // Numbers of pictures compared and of all, until all are.
    let progress = memo(move || {
        store.with(|state| match state.copies() {
            Some(copies) if copies.is_complete() => None,
            Some(copies) => Some((copies.done, copies.total)),
            None => Some((0, 0)),
        })
    });
    let stopped = memo(move || store.with(State::has_stopped_comparing));
    let press = move |_: ev::MouseEvent| {
        let act = if stopped.get_untracked() { State::compare_again } else { State::stop_comparing };
        store.update(act);
    };
    let words = Signal::derive(move || {
        if let Some(progress) = progress.get() {
            let so_far = match strips.with(Vec::len) {
                0 => String::new(),
                sets => format!("{} so far. ", words::counted(sets, "set")),
            };
            let (done, total) = progress;
            let compared =
                format!("{} of {}", words::count(done as usize), words::counted(total as usize, "picture"));
            return so_far
                + &if store.with(State::has_stopped_comparing) {
                    format!("Stopped after {compared}. ")
                } else if total > 0 {
                    format!("{compared} compared. ")
                } else {
                    waiting(store, Stage::Pixels, "Comparing pictures that look alike…")
                };
        }
        match strips.with(Vec::len) {
            0 if is_across(store) => NONE_ACROSS.to_owned(),
            0 => "Every picture is there once. ".to_owned(),
            sets => format!("{} of copies. {} ", words::counted(sets, "set"), removal(store, strips)),
        }
    });
    view! {
        <div class="groups-found">
            <AcrossFolders />
            <p class="note" aria-live=move || if progress.get().is_some() { "off" } else { "polite" }>
                {words} <Explain term=glossary::COPIES />
            </p>
            <When holds=Signal::derive(move || progress.get().is_some_and(|(_, total)| total > 0))>
                <progress
                    aria-label="Pictures compared"
                    max=move || progress.get().map_or(1, |(_, total)| total)
                    value=move || progress.get().map_or(0, |(done, _)| done)
                ></progress>
                <button class="button quiet" type="button" on:click=handler(press)>
                    {move || if stopped.get() { "Compare again" } else { "Stop" }}
                </button>
            </When>
        </div>
        <Decisions strips before=|_| {} />
        <Strips strips name="Set" decided=true />
    }
}

/// What is said if no set has pictures in both chosen folders.
const NONE_ACROSS: &str = "None with pictures in both of these folders. ";

/// Returns whether sets have to have pictures in chosen folders.
fn is_across(store: Store) -> bool {
    store.with(|state| *state.across() != Across::default())
}

/// Returns what removing all but the kept picture of each strip does.
fn removal(store: Store, strips: Memo<Vec<Strip>>) -> String {
    let surplus = strips.with(|strips| store.with(|state| surplus(state, strips).len()));
    format!("Removing {} keeps one of each.", words::counted(surplus, "picture"))
}

/// Sets of near-duplicates.
#[component]
fn FoundDuplicates(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let strips = strips(store, stage, duplicates);
    let words = Signal::derive(move || {
        if store.with(|state| state.survey(stage.get()).is_none()) {
            return waiting(store, stage.get(), "Looking for duplicates…");
        }
        let suffix = step_suffix(store, stage.get());
        match strips.with(Vec::len) {
            0 if is_across(store) => NONE_ACROSS.to_owned(),
            0 => format!("No two pictures are this similar{suffix}. Lower the threshold to find some. "),
            sets => {
                format!("{} of duplicates{suffix}. {} ", words::counted(sets, "set"), removal(store, strips))
            }
        }
    });
    let crowd =
        Signal::derive(move || strips.with(|strips| store.with(|state| crowd(state, stage.get(), strips))));
    let remark = Signal::derive(move || {
        let by_pixels = store.with(|state| stage.get() != state.shown_stage());
        let told = if by_pixels {
            "The network can’t tell copies from lookalikes yet, so this compares pixels instead."
        } else {
            ""
        };
        crowd.get().unwrap_or_else(|| told.to_owned())
    });
    view! {
        <p class="note" aria-live="polite" hidden=move || remark.with(String::is_empty)>{remark}</p>
        <div class="groups-found">
            <Threshold stage />
            <AcrossFolders />
            <p class="note" aria-live="polite">{words} <Explain term=glossary::NEAR_DUPLICATES /></p>
        </div>
        <Decisions strips before=State::fix_threshold />
        <Strips strips name="Set" decided=true />
    }
}

/// The pictures least similar to their nearest neighbours.
#[component]
fn FoundOutliers(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let shown = RwSignal::new(OUTLIERS);
    let odd = memo(move || store.with(|state| outliers(state, stage.get())));
    let order = Signal::derive(move || odd.with(|odd| odd.iter().map(|(id, _)| *id).collect::<Vec<_>>()));
    let words = Signal::derive(move || {
        match store.with(|state| state.survey(stage.get()).map(|survey| survey.nearest)) {
            Some(nearest) => format!(
                "The oddest come first{}. The number is the mean similarity with the {nearest} nearest. ",
                step_suffix(store, stage.get())
            ),
            None => waiting(store, stage.get(), "Comparing each picture with its nearest…"),
        }
    });
    let first = move || odd.with(|odd| odd.iter().take(shown.get()).copied().collect::<Vec<_>>());
    let member = move |(id, similarity): (PictureId, f32)| {
        view! { <Member id order remark=words::similarity(similarity) /> }
    };
    view! {
        <p class="note" aria-live="polite">{words} <Explain term=glossary::OUTLIERS /></p>
        <div class="strip-cells">
            {keyed(first, |(id, similarity)| format!("{id} {similarity}"), member)}
        </div>
        <More shown step=OUTLIERS total=Signal::derive(move || odd.with(Vec::len)) />
    }
}

/// Strips of pictures, numbered.
#[component]
fn Strips(
    strips: Memo<Vec<Strip>>,
    name: &'static str,
    /// Whether one picture of each is kept.
    #[prop(optional)]
    decided: bool,
) -> impl IntoView {
    let shown = RwSignal::new(STRIPS);
    let first = move || {
        strips.with(|strips| strips.iter().take(shown.get()).cloned().enumerate().collect::<Vec<_>>())
    };
    let key = |(place, strip): &(usize, Strip)| {
        let pictures: Vec<_> = strip.pictures.iter().map(PictureId::to_string).collect();
        format!("{place} {:?} {}", strip.remark, pictures.join(" "))
    };
    let numbered = move |(place, strip): (usize, Strip)| {
        view! { <StripView strip name=format!("{name} {}", place + 1) decided /> }
    };
    view! {
        <div class="strips" class:decided=decided>{keyed(first, key, numbered)}</div>
        <More shown step=STRIPS total=Signal::derive(move || strips.with(Vec::len)) />
    }
}

fn strips(store: Store, stage: Memo<Stage>, find: fn(&State, Stage) -> Vec<Strip>) -> Memo<Vec<Strip>> {
    memo(move || store.with(|state| find(state, stage.get())))
}

/// Returns a suffix with the step of the embeddings, if it matters.
fn step_suffix(store: Store, stage: Stage) -> String {
    store.with(|state| match (stage, state.finding_step(stage)) {
        (Stage::Trained, Some(step)) => format!(" {}", words::after(state, step)),
        _ => String::new(),
    })
}

fn waiting(store: Store, stage: Stage, computing: &str) -> String {
    store.with(|state| words::waiting(state, stage, computing)) + " "
}
