use super::*;
use crate::{
    image::Image,
    protocol::{Activity, Classification, Evaluation, Guesses, RowViews, StepReport},
    settings::LossKind,
};

fn state(pictures: usize) -> State {
    let mut state = State::new(Settings::recommended(Images::Shapes));
    state.add((0..pictures).map(|i| newcomer(&i.to_string(), ["a", "b"][i % 2])).collect());
    state.take_touched();
    state
}

fn newcomer(name: &str, label: &str) -> Newcomer {
    let image = Image::draw(|_, _| [0; 3]);
    Newcomer { name: name.to_owned(), label: Some(label.to_owned()), image }
}

fn report(step: u32) -> StepReport {
    StepReport { step, loss: 4.0, accuracy: 0.1, alignment: 1.0, uniformity: -2.0, milliseconds: 10.0 }
}

fn evaluation(stage: Stage, pictures: Vec<PictureId>) -> Evaluation {
    Evaluation::bare(stage, pictures)
}

fn environment(backend: Backend) -> Environment {
    let reason = "There is no graphics adapter.".to_owned();
    Environment { backend, adapter: String::new(), reason, self_test: String::new() }
}

#[test]
fn a_change_marks_only_what_it_touches() {
    let mut state = state(4);
    state.apply(Event::Stepped(vec![report(1)]));
    let touched = state.take_touched();
    let marked: Vec<_> = Part::ALL.into_iter().filter(|part| touched.contains(*part)).collect();
    assert_eq!(marked, [Part::Run]);
    assert!(state.take_touched().is_empty());
}

#[test]
fn the_tab_follows_the_run_until_the_user_chooses() {
    let mut state = state(4);
    state.start_running();
    assert_eq!(state.tab, Tab::Loss);
    state.apply(Event::Finished);
    assert_eq!(state.tab, Tab::Neighbours);
    state.choose_tab(Tab::Similarity);
    state.start_running();
    assert_eq!(state.tab, Tab::Similarity);
    state.apply(Event::Stepped(vec![report(1)]));
    state.apply(Event::Restarted { parameters: 9 });
    state.start_running();
    assert_eq!(state.tab, Tab::Loss);
}

#[test]
fn a_row_stays_in_view_through_end_and_restart_of_a_run() {
    let mut state = state(4);
    state.inspect(Some(3));
    state.apply(Event::Row(RowViews { step: 1, anchor: 3, side: 1, rgb: vec![0; 6] }));
    state.start_running();
    state.apply(Event::Finished);
    assert_eq!((state.tab, state.run.inspected), (Tab::Loss, Some(3)));
    state.apply(Event::Restarted { parameters: 1 });
    assert_eq!((state.run.inspected, &state.run.row_views), (Some(3), &None));
    // A new engine knows of no row.
    state.apply(Event::Failed("It broke".to_owned()));
    assert_eq!(state.run.inspected, None);
}

#[test]
fn other_pictures_keep_the_loss_that_the_user_chose() {
    let mut state = state(4);
    state.edit(|settings| (settings.loss, settings.margin) = (LossKind::Triplet, 9.0));
    state.clear(Images::Own);
    assert_eq!((state.settings.loss, state.settings.margin), (LossKind::Triplet, 4.0));
}

#[test]
fn a_restart_forgets_the_trained_encoder_alone() {
    let mut state = state(4);
    state.apply(Event::Evaluated(evaluation(Stage::Untrained, vec![0, 1, 2, 3])));
    state.apply(Event::Evaluated(evaluation(Stage::Trained, vec![0, 1, 2, 3])));
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    state.apply(Event::Restarted { parameters: 1234 });
    assert_eq!((state.run.step(), state.run.parameters), (0, Some(1234)));
    assert!(state.results.scored(Stage::Trained).is_none());
    assert!(state.results.scored(Stage::Untrained).is_some());
}

#[test]
fn training_waits_for_pictures_on_their_way() {
    let mut state = state(4);
    assert!(state.start_running() && !state.settled());
    state.begin_intake("Decoding", 2, 0);
    assert!(!state.start_running());
    assert!(state.settled() && !state.settled());
    state.start_running();
    state.stop_running();
    assert!(!state.settled());
}

#[test]
fn training_says_what_it_lacks() {
    let mut state = state(3);
    let obstacle = state.training_obstacle().expect("too few pictures");
    assert_eq!(obstacle, "Add at least 4 pictures to train.");
    state.add(vec![newcomer("d", "a")]);
    assert_eq!(state.training_obstacle(), None);
    state.edit(|settings| settings.steps = 2);
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    assert!(state.step_obstacle().is_some_and(|sentence| sentence.contains("complete")));
    assert_eq!(state.training_obstacle(), None, "Train lengthens the run");
    state.edit(|settings| settings.steps = 3);
    assert_eq!((state.training_obstacle(), state.step_obstacle()), (None, None));
}

#[test]
fn a_complete_run_is_lengthened_by_its_length() {
    let mut state = state(4);
    state.edit(|settings| settings.steps = 2);
    assert_eq!(state.steps_to_add(), None);
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    assert_eq!(state.steps_to_add(), Some(2));
    state.lengthen_run();
    assert_eq!((state.settings.steps, state.steps_to_add()), (4, None));
    state.lengthen_run();
    assert_eq!(state.settings.steps, 4, "there are steps left");
    state.apply(Event::Stepped(vec![report(3), report(4)]));
    state.lengthen_run();
    assert_eq!(state.settings.steps, 6, "the same length again");
    state.edit(|settings| settings.steps = 3);
    state.lengthen_run();
    assert_eq!(state.settings.steps, 7, "beyond what was taken");
    state.apply(Event::Stepped(vec![report(100_000)]));
    assert!(state.training_obstacle().is_some_and(|sentence| sentence.contains("100,000")));
}

#[test]
fn a_guest_is_who_neither_worked_here_nor_brings_pictures() {
    let guest = || {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.is_guest = true;
        state.set_keeping(Keeping::On);
        state
    };
    let mut state = guest();
    state.set_offer(None);
    assert!(state.is_guest);
    state.add(vec![newcomer("a", "a")]);
    assert!(!state.is_guest);
    let mut state = guest();
    let offer = |text: &str| text.to_owned();
    state.set_offer(Some(Offer { key: offer("k"), when: offer("today"), what: offer("25 pictures") }));
    state.set_offer(None);
    assert!(!state.is_guest);
}

#[test]
fn a_failed_engine_leaves_pictures_and_settings() {
    let mut state = state(5);
    state.edit(|settings| settings.seed = 42);
    state.apply(Event::Ready(environment(Backend::Cpu)));
    state.apply(Event::Activity(Activity::Training));
    state.apply(Event::Stepped(vec![report(1)]));
    state.apply(Event::Failed("the device was lost".to_owned()));
    assert_eq!((state.pictures.len(), state.settings.seed), (5, 42));
    assert_eq!((state.run.step(), state.run.running), (0, true));
    assert_eq!(state.engine, Engine::Starting);
    assert!(state.notices[0].text.contains("the device was lost."));
}

#[test]
fn a_new_engine_is_told_everything_in_portions() {
    let state = state(PORTION + 1);
    let commands: Vec<_> = state.introduction().collect();
    assert!(matches!(commands[0], Command::Configure(settings) if settings == state.settings));
    let portions: Vec<_> = commands
        .iter()
        .filter_map(|command| if let Command::Add(portion) = command { Some(portion.len()) } else { None })
        .collect();
    assert_eq!(portions, [PORTION, 1]);
    assert_eq!(commands.last(), Some(&Command::Settle));
}

#[test]
fn a_forced_gpu_that_is_missing_is_said() {
    let mut state = state(4);
    state.apply(Event::Ready(environment(Backend::Cpu)));
    assert!(state.notices.is_empty());
    state.edit(|settings| settings.backend = BackendChoice::WebGpu);
    state.apply(Event::Ready(environment(Backend::Cpu)));
    assert_eq!(state.notices.len(), 1);
}

#[test]
fn removing_the_selected_picture_selects_its_neighbour() {
    let mut state = state(3);
    state.select(1);
    assert_eq!(state.remove(&[1]), 1);
    assert_eq!(state.selected, Some(2));
    state.remove(&[2]);
    assert_eq!(state.selected, Some(0));
    state.remove(&[0]);
    assert_eq!(state.selected, None);
}

#[test]
fn one_kind_is_no_label() {
    let mut state = State::new(Settings::recommended(Images::Own));
    state.add(vec![newcomer("a", "holiday"), newcomer("b", "holiday")]);
    assert!(!state.has_labels());
    state.add(vec![newcomer("c", "work")]);
    assert!(state.has_labels());
}

#[test]
fn the_same_sentence_is_shown_once() {
    let mut state = state(4);
    state.notify("No.");
    state.notify("No.");
    assert_eq!(state.notices.len(), 1);
    let id = state.notices[0].id;
    state.dismiss(id);
    assert!(state.notices.is_empty());
}

#[test]
fn other_pictures_bring_their_recommendations_but_keep_what_the_user_changed() {
    let mut state = state(4);
    state.edit(|settings| {
        settings.steps = 40;
        settings.augmentations.hue.strength = 0.3;
    });
    let hue = state.settings.augmentations.hue;
    state.clear(Images::Fashion);
    let recommended = Settings::recommended(Images::Fashion);
    assert_eq!((state.settings.images, state.settings.steps), (Images::Fashion, 40));
    assert_eq!(state.settings.augmentations.hue, hue);
    assert_eq!(state.settings.augmentations.rotation, recommended.augmentations.rotation);
    assert!(state.pictures.is_empty());
}

#[test]
fn two_batches_of_files_are_counted_together() {
    let mut state = state(0);
    state.begin_intake("Decoding", 3, 1);
    let failure = Failure { name: "x.png".to_owned(), reason: "It is broken.".to_owned() };
    assert!(!state.advance_intake(2, vec![failure]));
    state.begin_intake("Decoding", 2, 0);
    assert_eq!((state.intake.done, state.intake.total, state.intake.skipped), (2, 5, 1));
    assert!(state.advance_intake(3, Vec::new()));
    assert_eq!(state.intake.failures.len(), 1);
    state.begin_intake("Decoding", 1, 0);
    assert_eq!((state.intake.done, state.intake.total, state.intake.failures.len()), (0, 1, 0));
    state.end_intake();
    assert!(!state.intake.is_active());
}

#[test]
fn a_typed_label_stands_above_the_one_a_picture_came_with() {
    let mut state = state(4);
    state.type_label(0, "  zebra ");
    state.type_label(1, "a");
    assert_eq!(
        (state.label_of(0), state.label_of(1), state.label_of(3)),
        (Some("zebra"), Some("a"), Some("b"))
    );
    // What scores the encoder stays as it came.
    assert_eq!((state.pictures.label(0), state.pictures.kinds()), (Some("a"), 2));
    assert_eq!(state.label_names(), ["a", "b", "zebra"]);
    state.type_label(0, " ");
    assert_eq!((state.label_of(0), state.labels.typed_count()), (Some("a"), 1));
    state.remove(&[1]);
    state.type_label(1, "gone");
    assert_eq!((state.labels.typed_count(), state.label_names().len()), (0, 2));
}

#[test]
fn one_folders_name_is_not_among_the_labels() {
    let mut state = State::new(Settings::recommended(Images::Own));
    state.add(vec![newcomer("a", "holiday"), newcomer("b", "holiday")]);
    assert!(state.label_names().is_empty() && !state.can_classify());
    state.type_label(0, "sea");
    state.type_label(1, "hills");
    assert_eq!(state.label_names(), ["hills", "sea"]);
    assert!(state.can_classify());
}

#[test]
fn markup_in_a_label_is_text_and_a_long_one_is_cut() {
    let mut state = state(2);
    state.type_label(0, "<b>\"x\"</b>");
    assert_eq!(state.label_of(0), Some("<b>\"x\"</b>"));
    state.type_label(1, &"é".repeat(500));
    assert_eq!(state.label_of(1).map(|label| label.chars().count()), Some(MAX_LENGTH));
}

#[test]
fn a_label_that_there_is_is_given_whole() {
    let mut state = State::new(Settings::recommended(Images::Own));
    let long = "x".repeat(MAX_LENGTH + 1);
    state.add(vec![newcomer("a", &long), newcomer("b", " spaced "), newcomer("c", "z")]);
    state.select(2);
    for name in [long.as_str(), " spaced "] {
        state.give_label_to_chosen(name);
        assert_eq!(state.label_of(2), Some(name));
        assert_eq!(state.label_names().len(), 3, "no second label came about");
    }
    let label = state.pictures.get(0).and_then(|entry| entry.label).expect("a label");
    state.give_label(1, label);
    assert_eq!(state.label_of(1), Some(long.as_str()));
    // It comes back whole.
    let typed = state.experiment().typed;
    let mut page = State::new(Settings::recommended(Images::Own));
    page.add(vec![newcomer("a", "z"), newcomer("b", "z")]);
    page.type_labels_at(&typed[..1]);
    assert_eq!(page.label_of(1), Some(long.as_str()));
    state.give_label(1, 99);
    assert_eq!(state.label_of(1), Some(long.as_str()), "there is no such label");
}

#[test]
fn an_engine_is_told_of_typed_labels_once_and_its_scores_replace_others() {
    let mut state = state(4);
    assert_eq!(state.wants_to_label(), None);
    state.apply(Event::Evaluated(evaluation(Stage::Untrained, vec![0, 1, 2, 3])));
    let trained = Evaluation { step: 20, ..evaluation(Stage::Trained, vec![0, 1, 2, 3]) };
    state.apply(Event::Evaluated(trained));
    assert_eq!(state.knn_by_step(), []);
    state.type_label(2, "c");
    let told = Command::Label(vec![(2, 2)]);
    assert_eq!(state.wants_to_label().as_ref(), Some(&told));
    assert_eq!(state.wants_to_label(), None);
    assert!(state.introduction().any(|command| command == told), "another engine learns of them");
    for (stage, knn) in [(Stage::Untrained, 0.25), (Stage::Trained, 0.5), (Stage::Trained, 0.75)] {
        state.apply(Event::Scored { stage, shared_labels: Some(0.5), knn: Some(knn) });
    }
    assert_eq!(state.knn_by_step(), [(0, 0.25), (20, 0.75)]);
    state.type_label(2, "");
    assert_eq!(state.wants_to_label(), Some(Command::Label(Vec::new())));
    state.apply(Event::Scored { stage: Stage::Trained, shared_labels: None, knn: None });
    assert_eq!(state.knn_by_step(), [(0, 0.25)]);
}

#[test]
fn classifications_are_asked_for_once_until_labels_or_embeddings_change() {
    let mut state = state(4);
    assert_eq!(state.wants_classification(Stage::Pixels), None);
    state.apply(Event::Evaluated(evaluation(Stage::Pixels, vec![0, 1, 2, 3])));
    let asked = state.wants_classification(Stage::Pixels).expect("there are embeddings");
    assert_eq!((asked.per_class, asked.seed, asked.typed.len()), (10, state.settings.seed, 0));
    assert_eq!(state.wants_classification(Stage::Pixels), None);
    state.type_label(2, "b");
    let asked = state.wants_classification(Stage::Pixels).expect("a label was typed");
    assert_eq!(asked.typed, [(2, 1)]);
    state.give_labels(9_999);
    assert_eq!(state.wants_classification(Stage::Pixels).map(|asked| asked.per_class), Some(MAX_PER_CLASS));
    state.edit(|settings| settings.seed += 1);
    assert!(state.wants_classification(Stage::Pixels).is_some());
    state.apply(Event::Evaluated(evaluation(Stage::Trained, vec![0, 1, 2, 3])));
    assert_eq!(state.wants_classification(Stage::Pixels), None);
    assert!(state.wants_classification(Stage::Trained).is_some());
}

fn classification(number: u32) -> Classification {
    Classification {
        number,
        stage: Stage::Trained,
        step: 1,
        given: vec![0],
        classes: vec![0],
        held_out: vec![1, 2, 3],
        scored: 0,
        probe: Guesses::default(),
        vote: Guesses::default(),
        crossed: None,
    }
}

#[test]
fn an_answer_to_an_earlier_question_is_not_current() {
    let mut state = state(4);
    state.apply(Event::Evaluated(evaluation(Stage::Trained, vec![0, 1, 2, 3])));
    let before = state.wants_classification(Stage::Trained).expect("there are embeddings").number;
    state.type_label(0, "c");
    let after = state.wants_classification(Stage::Trained).expect("a label was typed").number;
    state.apply(Event::Classified(classification(before)));
    assert!(!state.is_classification_current(Stage::Trained));
    state.apply(Event::Classified(classification(after)));
    assert!(state.is_classification_current(Stage::Trained));

    let before = state.start_tuning().expect("there is an encoder").number;
    state.stop_tuning();
    let after = state.start_tuning().expect("the other was given up").number;
    state.apply(Event::Tuned(classification(before)));
    assert!(state.labels.tuned().is_none() && state.labels.tuning().is_some());
    state.apply(Event::Tuned(classification(after)));
    assert!(state.labels.tuned().is_some());
}

#[test]
fn a_classification_goes_with_its_embeddings() {
    let mut state = state(4);
    state.apply(Event::Evaluated(evaluation(Stage::Trained, vec![0, 1, 2, 3])));
    state.apply(Event::Classified(classification(1)));
    assert!(state.classification(Stage::Trained).is_some());
    state.apply(Event::Restarted { parameters: 1 });
    assert!(state.classification(Stage::Trained).is_none());
    state.type_label(0, "c");
    state.give_labels(3);
    state.clear(Images::Own);
    assert_eq!((state.labels.typed_count(), state.labels.per_class()), (0, 3));
}

#[test]
fn while_adding_plain_clicks_join_the_selection() {
    let mut state = state(8);
    let order = state.order();
    let selected = |state: &State| state.selection.iter().collect::<Vec<_>>();
    state.choose(Reach::One, 2, &order);
    state.set_adding(true);
    state.choose(Reach::One, 5, &order);
    state.choose(Reach::One, 3, &order);
    state.choose(Reach::One, 2, &order);
    assert_eq!((selected(&state), state.reach(Reach::One)), (vec![3, 5], Reach::Toggle));
    state.clear_selection();
    assert!(state.selection.is_empty() && state.selection.is_adding());
    state.set_adding(false);
    state.choose(Reach::One, 1, &order);
    assert_eq!((selected(&state), state.reach(Reach::One)), (vec![1], Reach::One));
}

#[test]
fn clicks_select_as_in_a_file_manager() {
    let mut state = state(8);
    let order = state.order();
    let selected = |state: &State| state.selection.iter().collect::<Vec<_>>();
    state.choose(Reach::One, 2, &order);
    assert_eq!((selected(&state), state.selected), (vec![2], Some(2)));
    state.choose(Reach::Toggle, 6, &order);
    state.choose(Reach::Toggle, 4, &order);
    state.choose(Reach::Toggle, 6, &order);
    assert_eq!((selected(&state), state.selected), (vec![2, 4], Some(2)));
    // A range runs from the last picture reached for, either way, in the order of its list.
    state.choose(Reach::Range, 7, &order);
    assert_eq!(selected(&state), [6, 7]);
    state.choose(Reach::Range, 5, &order);
    assert_eq!(selected(&state), [5, 6]);
    state.choose(Reach::Range, 1, &[3, 6, 0, 1, 2]);
    assert_eq!(selected(&state), [0, 1, 6]);
    state.choose(Reach::One, 3, &order);
    assert_eq!((selected(&state), state.selected), (vec![3], Some(3)));
}

#[test]
fn a_range_without_a_beginning_starts_at_the_focus() {
    let mut state = state(6);
    state.apply(Event::Evaluated(evaluation(Stage::Pixels, (0..6).collect())));
    assert_eq!((state.selected, state.selection.len()), (Some(0), 0));
    state.focus(4);
    let order = state.order();
    state.choose(Reach::Range, 2, &order);
    assert_eq!(state.selection.iter().collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn removed_pictures_leave_the_selection() {
    let mut state = state(6);
    state.select(3);
    state.select_all([1, 3, 5, 99]);
    assert_eq!(state.chosen(), [1, 3, 5]);
    assert_eq!(state.remove(&[3, 4, 5, 77]), 3);
    assert_eq!((state.chosen(), state.selected), (vec![1], Some(2)));
    state.clear_selection();
    assert_eq!(state.chosen(), [2]);
    state.clear(Images::Own);
    assert!(state.chosen().is_empty());
}

#[test]
fn a_label_goes_onto_every_selected_picture() {
    let mut state = state(5);
    state.select(0);
    state.select_all([1, 2, 4]);
    state.label_chosen("zebra");
    let zebras: Vec<_> = (0..5).filter(|id| state.label_of(*id) == Some("zebra")).collect();
    assert_eq!(zebras, [1, 2, 4]);
    state.clear_selection();
    state.label_chosen("horse");
    assert_eq!((state.label_of(0), state.labels.typed_count()), (Some("horse"), 4));
}

fn snapshot(step: u32) -> Event {
    Event::Snapshot { step, file: vec![step as u8] }
}

#[test]
fn a_breakdown_costs_the_steps_since_the_snapshot_and_nothing_else() {
    let mut state = state(4);
    state.apply(Event::Restarted { parameters: 9 });
    state.start_running();
    state.apply(Event::Activity(Activity::Training));
    state.apply(Event::Stepped((1..=20).map(report).collect()));
    state.apply(snapshot(20));
    state.apply(Event::Stepped((21..=27).map(report).collect()));
    state.apply(Event::Failed("It broke".to_owned()));
    assert_eq!((state.run.step(), state.run.running, state.records().len()), (20, true, 1));
    let notice = &state.notices.last().expect("it is said").text;
    assert_eq!(
        notice,
        "The engine stopped: It broke. A new one takes over at step 20; only the 7 steps after it are lost."
    );
    let messages: Vec<_> = state.introduction().collect();
    assert_eq!(messages[1], Command::Restore { file: vec![20] });
    assert_eq!(messages.last(), Some(&Command::Train));
    state.apply(Event::Restored { step: 20, parameters: 9 });
    assert_eq!((state.run.step(), state.run.parameters), (20, Some(9)));
    assert_ne!(state.introduction().last(), Some(Command::Train));
    state.apply(Event::Stepped(vec![report(21)]));
    assert_eq!(
        state.run.steps.iter().map(|report| report.step).collect::<Vec<_>>(),
        (1..=21).collect::<Vec<_>>()
    );
}

#[test]
fn training_that_had_no_snapshot_yet_begins_with_the_next_engine() {
    let mut state = state(4);
    state.apply(Event::Restarted { parameters: 9 });
    state.start_running();
    for _ in 0..2 {
        state.apply(Event::Failed("The device was lost".to_owned()));
        assert!(state.run.running);
        assert_eq!(state.introduction().last(), Some(Command::Train));
    }
    state.apply(Event::Restarted { parameters: 9 });
    assert!(state.run.running);
    // What waits for pictures does not begin before they are there.
    state.begin_intake("Decoding", 2, 0);
    state.start_running();
    state.apply(Event::Failed("The device was lost".to_owned()));
    assert!(state.run.running && state.introduction().all(|command| command != Command::Train));
    assert!(state.settled());
}

#[test]
fn an_engine_that_takes_over_rests_when_the_user_does() {
    let mut state = state(4);
    state.apply(Event::Stepped(vec![report(1)]));
    state.apply(snapshot(1));
    state.apply(Event::Failed("It broke".to_owned()));
    assert!(!state.introduction().any(|command| command == Command::Train));
    state.start_running();
    state.apply(Event::Failed("It broke".to_owned()));
    assert!(state.introduction().any(|command| command == Command::Train));
    state.stop_running();
    assert!(!state.introduction().any(|command| command == Command::Train));
}

#[test]
fn an_engine_with_webgpu_starts_over_and_trains_if_training_was_about_to_begin() {
    let mut state = state(8);
    state.start_running();
    state.apply(Event::WebGpuNeeded);
    assert!(matches!(state.engine, Engine::Loading { .. }) && state.run.running);
    assert_eq!(state.introduction().last(), Some(Command::Train));
    state.apply(Event::Restarted { parameters: 1 });

    state.apply(Event::Stepped(vec![report(1), report(2)]));
    state.apply(snapshot(2));
    state.apply(Event::WebGpuNeeded);
    assert_eq!((state.run.step(), state.run.running, &state.snapshot), (0, false, &None));
    assert_eq!(state.introduction().last(), Some(Command::Settle));
    assert!(state.notices.is_empty(), "{:?}", state.notices);
}

#[test]
fn what_the_engine_says_of_pictures_that_are_gone_is_not_heard() {
    let mut state = state(4);
    state.start_running();
    state.apply(Event::Activity(Activity::Training));
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    state.clear(Images::Fashion);
    state.clear(Images::Own);
    for cleared in 0..2 {
        state.apply(Event::Activity(Activity::Training));
        state.apply(Event::Stepped(vec![report(3)]));
        state.apply(Event::Evaluated(evaluation(Stage::Trained, vec![0, 1, 2, 3])));
        state.apply(snapshot(3));
        assert!(state.run.steps.is_empty() && !state.run.running, "after {cleared} of 2 answers");
        state.apply(Event::Cleared);
    }
    state.apply(Event::Activity(Activity::Idle));
    state.apply(Event::Restarted { parameters: 1 });
    assert_eq!(state.records().len(), 1, "the run of the old set is kept once");
    assert!(state.results.scored(Stage::Trained).is_none() && state.snapshot.is_none());
    state.apply(Event::Stepped(vec![report(1)]));
    assert_eq!(state.run.step(), 1, "the new set is heard");
}

#[test]
fn an_engine_that_takes_over_is_heard_at_once() {
    let mut state = state(4);
    state.clear(Images::Own);
    state.apply(Event::Failed("It broke".to_owned()));
    state.engine_is_another();
    state.apply(Event::Stepped(vec![report(1)]));
    assert_eq!(state.run.step(), 1);
}

#[test]
fn an_engine_that_was_given_up_stays_given_up() {
    let mut state = state(4);
    state.apply(Event::Evaluated(evaluation(Stage::Trained, vec![0, 1, 2, 3])));
    state.start_tuning().expect("there is an encoder");
    state.engine_is_stopped("It cannot be had.".to_owned());
    assert!(state.labels.tuning().is_none() && state.start_tuning().is_none());
    state.engine_is_loading(10.0, None);
    state.engine_is_starting();
    assert_eq!(state.engine, Engine::Stopped("It cannot be had.".to_owned()));
}

#[test]
fn training_that_waits_for_ones_own_pictures_still_waits_when_they_replace_a_built_in_set() {
    let mut state = state(4);
    state.begin_intake("Decoding", 2, 0);
    assert!(!state.start_running());
    state.make_room();
    state.apply(Event::Cleared);
    state.apply(Event::Activity(Activity::Idle));
    assert!(state.run.running && state.intake.is_active());
    assert!(state.settled(), "training begins with the last of them");
}

#[test]
fn pictures_that_come_while_others_are_opened_leave_them_their_places() {
    let mut state = State::new(Settings::recommended(Images::Own));
    state.reserve_places([0, 3].into_iter());
    state.add_at(vec![(0, newcomer("first", "a"))]);
    let dropped = state.add(vec![newcomer("dropped", "a")])[0];
    state.add_at(vec![(3, newcomer("last", "a"))]);
    let names: Vec<_> = state.pictures.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["first", "last", "dropped"]);
    assert_eq!(state.pictures.place(dropped), 4);
    state.type_labels_at(&[(3, "mine".to_owned())]);
    let last = state.pictures.at(3);
    assert_eq!((state.label_of(last), state.pictures.row(last)), (Some("mine"), Some(1)));
}

#[test]
fn a_new_run_or_other_pictures_leave_the_snapshot_behind() {
    for change in [
        (|state: &mut State| state.apply(Event::Restarted { parameters: 1 })) as fn(&mut State),
        |state| state.clear(Images::Own),
        |state| state.apply(Event::Opened(Settings::recommended(Images::Shapes))),
    ] {
        let mut state = state(4);
        state.apply(snapshot(3));
        change(&mut state);
        assert_eq!(state.snapshot, None);
    }
}

#[test]
fn an_opened_model_brings_its_settings_and_no_curves() {
    let mut state = state(4);
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    let settings = Settings { width: 8, temperature: 0.5, ..state.settings };
    state.apply(Event::Opened(settings));
    state.apply(Event::Restored { step: 300, parameters: 7 });
    assert_eq!((state.settings, state.run.step(), state.run.steps.len()), (settings, 300, 0));
    // The run before it is kept to be compared.
    assert_eq!(state.records().len(), 1);
}

#[test]
fn an_experiment_comes_back_on_another_page() {
    let mut state = state(5);
    state.edit(|settings| settings.temperature = 0.25);
    state.remove(&[1]);
    state.type_label(3, "odd");
    state.apply(Event::Stepped((1..=12).map(report).collect()));
    state.apply(Event::Restarted { parameters: 9 });
    state.apply(Event::Stepped((1..=7).map(report).collect()));
    state.apply(snapshot(5));
    assert!(state.is_worth_keeping());
    assert_eq!(state.kept_words(), "Shapes, step 7 of 1,700");
    let kept = state.experiment();
    assert_eq!((&kept.removed, &kept.typed), (&vec![1], &vec![(3, "odd".to_owned())]));

    let mut page = State::new(Settings::recommended(Images::Fashion));
    page.add(vec![newcomer("x", "y")]);
    page.clear(Images::Shapes);
    let restore = page.take_up(kept.clone());
    assert_eq!(restore, Some(Command::Restore { file: vec![5] }));
    assert!(!page.is_worth_keeping(), "what is kept is not overwritten by half of it");
    // The engine still speaks of the run before.
    page.apply(Event::Stepped(vec![report(3)]));
    page.apply(Event::Refused("The learning rate was too high.".to_owned()));
    page.apply(Event::Cleared);
    page.apply(Event::Restarted { parameters: 1 });
    page.apply(Event::Restored { step: 5, parameters: 9 });
    page.apply(snapshot(5));
    page.add((0..5).map(|i| newcomer(&i.to_string(), "a")).collect());
    page.type_labels_at(&kept.typed);
    assert_eq!(page.settings, state.settings);
    let steps = |run: &Run| run.steps.iter().map(|report| report.step).collect::<Vec<_>>();
    assert_eq!(steps(&page.run), [1, 2, 3, 4, 5]);
    assert_eq!(page.records()[0].steps.len(), 12);
    assert_eq!(page.label_of(page.pictures.at(3)), Some("odd"));
    assert_eq!(page.label_of(page.pictures.at(2)), Some("a"));
}

#[test]
fn what_an_engine_refuses_is_no_longer_waited_for() {
    let mut kept = state(4);
    kept.apply(Event::Stepped(vec![report(1)]));
    kept.apply(snapshot(1));
    let mut page = state(4);
    page.take_up(kept.experiment());
    page.apply(Event::Refused("It is damaged.".to_owned()));
    page.apply(Event::Restarted { parameters: 1 });
    assert_eq!(page.run.step(), 0);
    assert_eq!(page.introduction().count(), 3, "no snapshot among settings, pictures and their end");
}
