//! The game as a dialog over the page.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::model::{Game, PLAYERS, ROUNDS, Round};
use crate::{
    image::SIDE,
    page::{
        address,
        components::{
            canvas::{
                paint,
                thumbnail::{Painted, Thumbnail},
            },
            controls::clipboard,
            dynamic::{When, dynamic, effect, handler, memo},
        },
        lazy::loader::room,
        state::State,
        store::Store,
        timing, urls,
    },
};

/// A button that opens the game, once the untrained network knows the pictures.
#[component]
pub fn Play() -> impl IntoView {
    let store = Store::expect();
    let open = move |_| store.update(|state| state.play(timing::now() as u32));
    // The dialog stays, since it closes itself.
    let was_opened = RwSignal::new(false);
    effect(move || {
        if store.with(|state| state.game.is_some()) {
            was_opened.set(true);
        }
    });
    view! {
        <When holds=Signal::derive(move || store.with(State::can_play))>
            <section class="watch-part play">
                <h2>"Can you do better?"</h2>
                <p class="note">"Guess which picture was changed, against the network."</p>
                <div class="buttons">
                    <button class="button" type="button" on:click=handler(open)>"Play against the network"</button>
                </div>
            </section>
        </When>
        <When holds=was_opened>{room(|rooms| (rooms.game)())}</When>
    }
}

/// The dialog, open during a game.
#[component]
pub fn GameDialog() -> impl IntoView {
    let store = Store::expect();
    let dialog = NodeRef::<html::Dialog>::new();
    let game = memo(move || store.with(|state| (*state.game).clone()));
    effect(move || {
        let (Some(dialog), playing) = (dialog.get(), game.with(Option::is_some)) else { return };
        if playing != dialog.open() {
            if playing {
                dialog.show_modal().ok();
            } else {
                dialog.close();
            }
        }
    });
    // Each round is drawn anew, and without the focus the dialog would receive no keys.
    effect(move || {
        game.with(|_| ());
        timing::next_frame(move || {
            if let Some(dialog) = dialog.try_get_untracked().flatten().filter(|dialog| dialog.open()) {
                let next = dialog.query_selector(".primary:enabled").ok().flatten();
                let target =
                    next.map_or_else(|| dialog.unchecked_into(), |next| next.unchecked_into::<HtmlElement>());
                target.focus().ok();
            }
        });
    });
    let key = move |event: ev::KeyboardEvent| {
        if let Some(number) = event.key().parse::<usize>().ok().filter(|number| *number > 0) {
            store.update(|state| state.guess(number - 1));
        }
    };
    let content = dynamic(move || game.get().map(|game| board(store, &game)));
    view! {
        <dialog
            class="viewer game"
            tabindex="-1"
            aria-labelledby="game-heading"
            node_ref=dialog
            on:keydown=handler(key)
            on:close=handler(move |_| store.update(State::end_game))
        >
            {content}
        </dialog>
    }
}

/// The present round, with the scores so far.
fn board(store: Store, game: &Game) -> AnyView {
    let Some(round) = game.round().cloned() else { return ().into_any() };
    let (number, scores) = (game.rounds.len(), game.scores());
    let is_over = number == ROUNDS && game.is_decided();
    let count = round.choices.len();
    let view = round.view.clone();
    let paint = move |canvas: &HtmlCanvasElement| {
        if let Some(view) = &view {
            paint::rgb(canvas, view.rgb(), SIDE);
        }
    };
    let tally = PLAYERS.iter().zip(scores).take(game.players).map(|(name, score)| {
        view! { <li><span class="result">{score}</span> " " {*name}</li> }
    });
    let said = said(game, &round);
    let choice = |place: usize| choice(store, &round, place);
    let choices: Vec<_> = (0..count).map(choice).collect();
    let next = if is_over {
        view! { <Ending /> }.into_any()
    } else {
        let go_on = move |_| store.update(State::next_round);
        let waits = !game.is_decided();
        view! { <button class="button primary" type="button" disabled=waits on:click=handler(go_on)>"Next"</button> }.into_any()
    };
    view! {
        <h2 id="game-heading">{format!("Which of these {count} is this picture, changed?")}</h2>
        <p class="note">{format!("Round {number} of {ROUNDS}. Click a picture, or press its number.")}</p>
        <div class="game-board">
            <div class="game-view"><Painted paint /></div>
            <div class="game-choices">{choices}</div>
        </div>
        <p aria-live="polite" class="game-said">{said}</p>
        <ul class="game-scores" aria-label="Right answers so far">{tally.collect_view()}</ul>
        <div class="buttons">
            {next}
            <button class="button" type="button" on:click=handler(move |_| store.update(State::end_game))>"Close the game"</button>
        </div>
    }
    .into_any()
}

/// One of the pictures, marked once the visitor has chosen.
fn choice(store: Store, round: &Round, place: usize) -> impl IntoView + use<> {
    let guessed = round.guesses[0].is_some();
    let is_answer = guessed && place == round.answer;
    let is_wrong = round.guesses[0] == Some(place) && !is_answer;
    view! {
        <button
            class="game-choice"
            class:right=is_answer
            class:wrong=is_wrong
            type="button"
            aria-label=format!("Picture {}", place + 1)
            aria-disabled=(guessed || round.view.is_none()).to_string()
            on:click=handler(move |_| store.update(|state| state.guess(place)))
        >
            <Thumbnail picture=Some(round.choices[place]) />
            <span aria-hidden="true">{place + 1}</span>
        </button>
    }
}

/// Describes the guesses of the round, once the visitor has chosen.
fn said(game: &Game, round: &Round) -> String {
    let [Some(you), before, now] = round.guesses else {
        return if round.view.is_some() { String::new() } else { "Drawing the next picture…".to_owned() };
    };
    let verdict = if you == round.answer {
        "Right.".to_owned()
    } else {
        format!("It was number {}.", round.answer + 1)
    };
    match (before, now) {
        (Some(before), Some(now)) => {
            format!("{verdict} The network said {} before training, and says {} now.", before + 1, now + 1)
        }
        (Some(before), None) if game.is_decided() => {
            format!("{verdict} The network said {} before training.", before + 1)
        }
        _ => format!("{verdict} The network is still thinking…"),
    }
}

/// The result to send to others, and another game.
#[component]
fn Ending() -> impl IntoView {
    let store = Store::expect();
    let report = RwSignal::new(None);
    let result = store.with_untracked(State::game_result);
    let link = store.with_untracked(|state| urls::resolve(&address::shared(state)));
    let copied = format!("{result} {link}");
    let text = move || match report.get() {
        None => "Copy the result",
        Some(true) => "Copied",
        Some(false) => "The browser did not allow copying",
    };
    view! {
        <p class="game-result">{result}</p>
        <button class="button primary" type="button" on:click=handler(move |_| clipboard::copy(copied.clone(), report))>{text}</button>
        <button class="button" type="button" on:click=handler(move |_| store.update(|state| state.play(timing::now() as u32)))>"Play again"</button>
    }
}
