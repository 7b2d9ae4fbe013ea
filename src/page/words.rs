//! Numbers and settings in words.

use crate::{
    page::state::{Engine, Keeping, State},
    protocol::{Backend, Stage},
    settings::{Augmentations, Images, LossKind, MIN_PICTURES, Mining, Operation, Settings, Similarity},
};

/// A whole number with its thousands set apart: 12,345.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: "1 picture", "1,000 pictures".
pub fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// A share as a percentage: "40 %".
pub fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A duration in its two greatest units.
pub fn duration(seconds: f32) -> String {
    let whole = seconds.round().max(0.0) as u32;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// Steps a second, with sensible digits.
pub fn speed(steps_per_second: f32) -> String {
    let digits = if steps_per_second < 10.0 { 1 } else { 0 };
    format!("{steps_per_second:.digits$} steps/s")
}

/// A number of bytes in megabytes.
pub fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}

/// A number between −1 and 1, with a true minus sign; never a negative zero.
pub fn similarity(value: f32) -> String {
    let text = format!("{value:.2}");
    if text == "-0.00" { "0.00".to_owned() } else { text.replace('-', "−") }
}

/// A similarity of two pictures: with a third digit from 0.95 on, where they crowd.
pub fn close_similarity(value: f32) -> String {
    if value >= 0.95 { fine_similarity(value) } else { similarity(value) }
}

/// A similarity near 1, where the third digit counts; never rounded up to 1.
pub fn fine_similarity(value: f32) -> String {
    format!("{:.3}", (value * 1000.0 + 1e-3).floor() / 1000.0)
}

/// e to the power of `exponent` with three digits, however large or small: "4.02 × 10³",
/// which does not break.
pub fn exponential(exponent: f64) -> String {
    let value = exponent.exp();
    if !exponent.is_finite() {
        return three_digits(value);
    }
    if (1e-3..1e4).contains(&value) {
        return three_digits(value);
    }
    let mut power = (exponent / std::f64::consts::LN_10).floor();
    let mut front = (exponent - power * std::f64::consts::LN_10).exp();
    if front >= 9.995 {
        (front, power) = (front / 10.0, power + 1.0);
    }
    format!("{front:.2}\u{a0}×\u{a0}10{}", superscript(power as i32))
}

/// A number with three digits, or as many as it has before the point.
pub fn three_digits(value: f64) -> String {
    let before = if value.abs() < 1.0 { 0 } else { (value.abs().log10() as usize).saturating_add(1) };
    let digits = 3_usize.saturating_sub(before);
    format!("{value:.digits$}").replace('-', "−")
}

fn superscript(number: i32) -> String {
    let raised = |digit: char| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    number.to_string().chars().map(raised).collect()
}

/// The backend's name.
pub const fn backend(backend: Backend) -> &'static str {
    match backend {
        Backend::WebGpu => "WebGPU",
        Backend::Cpu => "CPU",
    }
}

/// What embeds the pictures at a stage.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Pixels => "Raw pixels",
        Stage::Untrained => "Untrained",
        Stage::Trained => "Trained",
    }
}

/// The same with the step whose weights they are, where that says something.
pub fn stage_at(at: Stage, step: Option<u32>) -> String {
    match (at, step) {
        (Stage::Trained, Some(step)) => format!("{}, {}", stage(at), counted(step as usize, "step")),
        _ => stage(at).to_owned(),
    }
}

/// How far the engine is, in a few words.
pub fn engine(engine: &Engine) -> String {
    match engine {
        Engine::Loading { received, total: Some(total) } => {
            format!("engine {:.1} of {}", received / 1e6, megabytes(*total))
        }
        Engine::Loading { received, total: None } => format!("engine {}", megabytes(*received)),
        Engine::Starting => "starting".to_owned(),
        Engine::Ready(environment) => backend(environment.backend).to_owned(),
        Engine::Stopped(_) => "stopped".to_owned(),
    }
}

/// The set of pictures.
pub fn images(state: &State) -> String {
    let pictures = state.pictures.len();
    let kinds = state.pictures.kinds();
    let name = match state.settings.images {
        Images::Shapes => "Shapes, ",
        Images::Fashion => "Fashion, ",
        Images::Own if pictures == 0 => return "none yet".to_owned(),
        Images::Own => "yours, ",
    };
    let kinds = if kinds > 1 { format!(", {kinds} kinds") } else { String::new() };
    format!("{name}{}{kinds}", counted(pictures, "picture"))
}

/// The augmentations that are switched on.
pub fn augmentations(augmentations: &Augmentations) -> String {
    let colour = [
        augmentations.brightness,
        augmentations.contrast,
        augmentations.saturation,
        augmentations.hue,
        augmentations.invert,
    ];
    let strongest = colour.into_iter().filter(|operation| operation.on).map(|operation| operation.strength);
    let colour = strongest.reduce(f32::max).map(|strength| match strength {
        ..0.3 => "colour gentle".to_owned(),
        0.3..0.7 => "colour medium".to_owned(),
        _ => "colour strong".to_owned(),
    });
    let on = |operation: Operation, words: String| operation.on.then_some(words);
    let parts = [
        on(augmentations.crop, format!("crop {:.0}–100 %", (1.0 - augmentations.crop.strength) * 100.0)),
        on(augmentations.flip, "flip".to_owned()),
        on(augmentations.vertical_flip, "vertical flip".to_owned()),
        on(augmentations.rotation, format!("turn ±{:.0}°", augmentations.rotation.strength * 180.0)),
        colour,
        on(augmentations.grayscale, "grey".to_owned()),
        on(augmentations.blur, "blur".to_owned()),
        on(augmentations.noise, "noise".to_owned()),
        on(augmentations.cutout, "cutout".to_owned()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "none: both views are the picture".to_owned() } else { parts.join(", ") }
}

/// The encoder.
pub fn encoder(settings: &Settings, parameters: Option<u32>) -> String {
    let parameters = parameters.map_or(String::new(), |n| format!(", {} weights", count(n as usize)));
    let Settings { side, width, depth, .. } = settings;
    format!("{side} × {side} pixels, {depth} layers, {width} channels{parameters}")
}

/// The loss and the numbers that it uses.
pub fn loss(settings: &Settings) -> String {
    let similarity = match settings.similarity {
        Similarity::Cosine => "",
        Similarity::Dot => ", dot product",
    };
    let learned = if settings.learned_temperature { " at first, learned" } else { "" };
    let temperature = format!("temperature {}{learned}{similarity}", settings.temperature);
    match settings.loss {
        LossKind::InfoNce => format!("InfoNCE, {temperature}"),
        LossKind::Nce => format!("NCE, {temperature}"),
        LossKind::Triplet => {
            let mining = match settings.mining {
                Mining::Random => "random",
                Mining::SemiHard => "semi-hard",
                Mining::Hard => "hard",
            };
            format!("triplets, margin {}, {mining} negatives", settings.margin)
        }
    }
}

/// Loss and training.
pub fn training(settings: &Settings) -> String {
    format!(
        "{}; {} of {}",
        loss(settings),
        counted(settings.steps as usize, "step"),
        counted(settings.batch as usize, "pair")
    )
}

/// What is said where a step cannot hold as many pairs as are set.
pub fn fewer_pairs(state: &State) -> Option<String> {
    let pairs = state.pairs();
    let too_few = (MIN_PICTURES..state.settings.batch as usize).contains(&pairs);
    (too_few && !state.intake.is_active())
        .then(|| format!("The set has {pairs} pictures: a step holds {pairs} pairs."))
}

/// What happens while nothing is measured yet.
const TRAINING: &str = "Training: two views of one picture are pulled together, all others pushed apart.";

/// What a guest is told: nothing before it is known that no work of theirs is kept here.
pub fn guest(state: &State) -> Option<&'static str> {
    let known = state.is_guest && state.keeping != Keeping::Unknown && !state.intake.is_active();
    known.then_some(
        "Whoever sent this link used pictures of their own, which a link does not carry. Drop yours here.",
    )
}

/// The sentence above the stage: where things stand and what to do next.
pub fn summary(state: &State) -> String {
    let pictures = state.pictures.len();
    if pictures == 0 {
        return "Drop your pictures in. Watch a network learn which of them are alike.".to_owned();
    }
    // Without a count of those that are there: it would be read out with every one of them.
    if state.intake.is_active() && state.settings.images == Images::Own && !state.run.running {
        return format!("Reading your {}.", counted(state.intake.total, "picture"));
    }
    if pictures < MIN_PICTURES && !state.intake.is_active() {
        return format!("{MIN_PICTURES} pictures or more are needed: {pictures} so far.");
    }
    if state.results.scored(Stage::Untrained).is_none() {
        return match &state.engine {
            Engine::Stopped(sentence) => sentence.clone(),
            _ if state.run.running => TRAINING.to_owned(),
            _ => "Press Train and watch a network learn which of these pictures are alike.".to_owned(),
        };
    }
    if state.has_labels() { labelled_summary(state) } else { unlabelled_summary(state) }
}

/// How many of a picture's nearest share its label, for each stage that is known.
fn labelled_summary(state: &State) -> String {
    let shared = |stage| {
        let evaluation = &state.results.scored(stage)?.evaluation;
        let k = evaluation.neighbours.k.min(10) as f32;
        Some(format!("{:.1}", evaluation.shared_labels? * k))
    };
    let nearest = state.results.latest().map_or(10, |scored| scored.evaluation.neighbours.k.min(10));
    let of = format!("of each picture’s {nearest} nearest");
    let untrained = shared(Stage::Untrained).unwrap_or_default();
    let pixels = shared(Stage::Pixels).map_or(String::new(), |n| format!(" Raw pixels: {n}."));
    match (shared(Stage::Trained), trained_step(state)) {
        (Some(trained), step) if step > 0 => {
            let after = counted(step, "step");
            format!("After {after}, {trained} {of} share its kind. Untrained: {untrained}.{pixels}")
        }
        _ if state.run.running => {
            format!("Training. Before it, {untrained} {of} shared its kind.{pixels}")
        }
        _ => format!("Untrained: {untrained} {of} share its kind.{pixels} Press Train."),
    }
}

/// How many of a picture's nearest training has changed.
fn unlabelled_summary(state: &State) -> String {
    match (state.results.changed_neighbours(), trained_step(state)) {
        (Some((changed, k)), step) if step > 0 => format!(
            "After {}, about {changed:.0} of each picture’s {k} nearest have changed. Look at Neighbours to judge whether they fit better.",
            counted(step, "step")
        ),
        _ if state.run.running => TRAINING.to_owned(),
        _ => "Untrained: the nearest pictures come from random weights. Press Train and watch them change."
            .to_owned(),
    }
}

fn trained_step(state: &State) -> usize {
    state.results.scored(Stage::Trained).map_or(0, |scored| scored.evaluation.step as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        image::Image,
        page::state::Newcomer,
        protocol::{Evaluation, Event, Floats, Neighbours},
    };

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "picture"), "1 picture");
        assert_eq!(counted(1000, "picture"), "1,000 pictures");
        assert_eq!(duration(59.4), "59 s");
        assert_eq!(duration(125.0), "2 min 5 s");
        assert_eq!(duration(3_725.0), "1 h 2 min");
        assert_eq!((similarity(-0.254), similarity(-0.001)), ("−0.25".to_owned(), "0.00".to_owned()));
        assert_eq!(
            [0.949, 0.9713, 0.999_99].map(close_similarity),
            ["0.95", "0.971", "0.999"].map(str::to_owned)
        );
        assert_eq!(
            (fine_similarity(0.9996), fine_similarity(0.985)),
            ("0.999".to_owned(), "0.985".to_owned())
        );
        assert_eq!(fine_similarity(1.0), "1.000");
        assert_eq!(speed(3.25), "3.2 steps/s");
        assert_eq!(percent(0.4), "40 %");
    }

    #[test]
    fn exponentials_stay_readable_at_any_size() {
        assert_eq!(exponential(0.0), "1.00");
        assert_eq!(exponential(8.3), "4024");
        assert_eq!(exponential(10.0), "2.20\u{a0}×\u{a0}10⁴");
        assert_eq!(exponential(f64::INFINITY), "inf");
        assert_eq!(exponential(-100.0), "3.72\u{a0}×\u{a0}10⁻⁴⁴");
        assert_eq!(exponential(1_000.0 * std::f64::consts::LN_10), "1.00\u{a0}×\u{a0}10¹⁰⁰⁰");
    }

    #[test]
    fn the_loss_is_named_with_the_numbers_that_it_uses() {
        let mut settings = Settings::recommended(Images::Shapes);
        (settings.steps, settings.batch, settings.temperature) = (1200, 32, 0.1);
        assert_eq!(training(&settings), "InfoNCE, temperature 0.1; 1,200 steps of 32 pairs");
        settings.learned_temperature = true;
        settings.similarity = Similarity::Dot;
        assert_eq!(loss(&settings), "InfoNCE, temperature 0.1 at first, learned, dot product");
        settings.loss = LossKind::Triplet;
        assert_eq!(loss(&settings), "triplets, margin 0.5, semi-hard negatives");
    }

    #[test]
    fn augmentations_are_named_when_on() {
        assert_eq!(augmentations(&Augmentations::NONE), "none: both views are the picture");
        let photos = augmentations(&Augmentations::PHOTOS);
        assert_eq!(photos, "crop 40–100 %, flip, colour medium, grey");
    }

    #[test]
    fn an_empty_page_says_what_it_is_for() {
        let state = State::new(Settings::recommended(Images::Own));
        assert!(summary(&state).starts_with("Drop your pictures in."));
        assert_eq!(images(&state), "none yet");
    }

    #[test]
    fn while_pictures_come_in_the_page_says_so() {
        let mut state = State::new(Settings::recommended(Images::Own));
        let image = Image::draw(|_, _| [0; 3]);
        state.begin_intake("Decoding", 2_000, 0);
        let newcomer = |name: &str| Newcomer { name: name.to_owned(), label: None, image: image.clone() };
        state.add(["a", "b", "c", "d"].map(newcomer).into());
        assert_eq!(summary(&state), "Reading your 2,000 pictures.");
        state.advance_intake(2_000, Vec::new());
        assert!(summary(&state).starts_with("Press Train"));
    }

    /// An evaluation of twelve pictures, whose nearest ten carry a label so often.
    fn evaluated(state: &mut State, stage: Stage, step: u32, shared_labels: Option<f32>) {
        let pictures = state.order();
        let first = if stage == Stage::Trained { 1 } else { 4 };
        let indices = (0..12).flat_map(|row| (0..10).map(move |i| (row + first + i) % 12)).collect();
        state.apply(Event::Evaluated(Evaluation {
            step,
            neighbours: Neighbours { k: 10, indices, similarities: Floats(vec![0.5; 120]) },
            shared_labels,
            ..Evaluation::bare(stage, pictures)
        }));
    }

    fn twelve(label: impl Fn(usize) -> Option<&'static str>) -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        let newcomer = |i: usize| Newcomer {
            name: i.to_string(),
            label: label(i).map(str::to_owned),
            image: Image::draw(|_, _| [0; 3]),
        };
        state.add((0..12).map(newcomer).collect());
        state
    }

    #[test]
    fn a_batch_larger_than_the_set_is_said() {
        let mut state = twelve(|_| None);
        state.edit(|settings| settings.batch = 13);
        assert_eq!(fewer_pairs(&state).as_deref(), Some("The set has 12 pictures: a step holds 12 pairs."));
        state.begin_intake("Decoding", 2, 0);
        assert_eq!(fewer_pairs(&state), None, "more are on their way");
        state.end_intake();
        state.edit(|settings| settings.batch = 12);
        assert_eq!(fewer_pairs(&state), None);
        state.clear(Images::Own);
        assert_eq!(fewer_pairs(&state), None, "there is nothing to train on");
    }

    #[test]
    fn what_training_brought_is_told_in_numbers_one_can_value() {
        let mut state = twelve(|i| Some(["a", "b"][i % 2]));
        evaluated(&mut state, Stage::Pixels, 0, Some(0.16));
        evaluated(&mut state, Stage::Untrained, 0, Some(0.1));
        assert_eq!(
            summary(&state),
            "Untrained: 1.0 of each picture’s 10 nearest share its kind. Raw pixels: 1.6. Press Train."
        );
        evaluated(&mut state, Stage::Trained, 120, Some(0.56));
        assert_eq!(
            summary(&state),
            "After 120 steps, 5.6 of each picture’s 10 nearest share its kind. Untrained: 1.0. Raw pixels: 1.6."
        );
        // Of the ten after it instead of the ten from the fourth on, two are others.
        let mut state = twelve(|_| None);
        evaluated(&mut state, Stage::Untrained, 0, None);
        evaluated(&mut state, Stage::Trained, 120, None);
        assert_eq!(
            summary(&state),
            "After 120 steps, about 2 of each picture’s 10 nearest have changed. Look at Neighbours to judge whether they fit better."
        );
    }

    #[test]
    fn too_few_pictures_are_counted() {
        let mut state = State::new(Settings::recommended(Images::Own));
        let newcomer =
            |name: &str| Newcomer { name: name.to_owned(), label: None, image: Image::draw(|_, _| [0; 3]) };
        state.add(["a", "b"].map(newcomer).into());
        assert_eq!(summary(&state), "4 pictures or more are needed: 2 so far.");
        state.begin_intake("Decoding", 2, 0);
        assert_eq!(summary(&state), "Reading your 2 pictures.", "more are on their way");
        state.end_intake();
        state.add(["c", "d"].map(newcomer).into());
        assert!(summary(&state).contains("Press Train"));
    }

    #[test]
    fn a_guest_is_told_once_it_is_known_that_nothing_is_kept_here() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.is_guest = true;
        assert_eq!(guest(&state), None);
        state.set_keeping(Keeping::Denied);
        assert!(guest(&state).is_some());
        state.begin_intake("Decoding", 2, 0);
        assert_eq!(guest(&state), None);
    }

    #[test]
    fn loading_counts_megabytes() {
        let loading = Engine::Loading { received: 12_340_000.0, total: Some(20.1e6) };
        assert_eq!(engine(&loading), "engine 12.3 of 20.1 MB");
    }
}
