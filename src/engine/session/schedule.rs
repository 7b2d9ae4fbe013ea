//! Order of the tasks of a session.

use web_time::Duration;

use super::SLICE;
use crate::engine::jobs::Kind;

/// A short piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Open,
    Evaluate,
    StartBaseline,
    StartRun,
    StartEvaluation,
    Train,
    Job(Kind),
}

/// Priority of a task relative to training.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Before the next step: somebody waits for the task or its result.
    Urgent,
    /// Before the next step, unless that is a run's first. The embeddings that a run's start is compared with
    /// can be computed later as well, since the trainer keeps the untrained network; so can views shown
    /// beside it.
    AfterFirstStep,
    /// Alternating with training.
    Beside,
    /// The training steps themselves.
    Step,
}

/// Place of a task in the order.
#[derive(Clone, Copy)]
pub struct Place {
    pub task: Task,
    class: Class,
    /// Whether the engine is shown as evaluating; tasks other than jobs set the activity themselves.
    shown: bool,
}

impl Place {
    /// Returns whether the engine is shown as evaluating. Tasks beside training leave it shown as training.
    pub fn is_shown(self, training: bool) -> bool {
        self.shown && !(training && self.class == Class::Beside)
    }
}

const fn place(task: Task, class: Class, shown: bool) -> Place {
    Place { task, class, shown }
}

/// All tasks, most urgent first.
const ORDER: [Place; 16] = {
    use Class::{AfterFirstStep, Beside, Step, Urgent};
    use Task::{Evaluate, Job, Open, StartBaseline, StartEvaluation, StartRun, Train};
    [
        place(Open, Urgent, false),
        place(Job(Kind::Preview), AfterFirstStep, false),
        place(Evaluate, AfterFirstStep, false),
        place(StartBaseline, AfterFirstStep, false),
        place(StartRun, Urgent, false),
        place(StartEvaluation, AfterFirstStep, false),
        place(Job(Kind::Search), Urgent, true),
        place(Job(Kind::Score), Beside, false),
        place(Job(Kind::Explain), Urgent, true),
        place(Job(Kind::Measure), Urgent, true),
        place(Job(Kind::Matrix), Urgent, false),
        place(Job(Kind::Map), Beside, true),
        place(Job(Kind::Classify), Urgent, true),
        place(Job(Kind::Study), Beside, true),
        place(Job(Kind::FineTune), Urgent, true),
        place(Train, Step, false),
    ]
};

/// Tasks that have had a turn since training had one.
#[derive(Default)]
pub struct Turns {
    had: Vec<Task>,
    /// Training time in its turn.
    trained: Duration,
}

impl Turns {
    /// Returns the most urgent task that is due. Between two turns of training, each task beside it has one.
    pub fn next(&self, first_step_awaited: bool, is_due: impl Fn(Task) -> bool) -> Option<Place> {
        let training = is_due(Task::Train);
        let may = |place: &Place| match place.class {
            Class::AfterFirstStep => !first_step_awaited,
            Class::Beside => !(training && self.had.contains(&place.task)),
            Class::Urgent | Class::Step => true,
        };
        ORDER.into_iter().filter(may).find(|place| is_due(place.task))
    }

    /// Records that a task took this time. A turn of training is a slice too, however many steps that holds.
    pub fn took(&mut self, place: Place, time: Duration) {
        match place.class {
            Class::Step => self.trained += time,
            Class::Beside => self.had.push(place.task),
            Class::Urgent | Class::AfterFirstStep => {}
        }
        if self.trained >= SLICE {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Task::{Evaluate, Job, Open, StartBaseline, StartEvaluation, StartRun, Train};

    const MAP: Task = Job(Kind::Map);
    const SCORE: Task = Job(Kind::Score);
    const STUDY: Task = Job(Kind::Study);

    fn next(first_step_awaited: bool, due: &[Task]) -> Option<Task> {
        let next = Turns::default().next(first_step_awaited, |task| due.contains(&task));
        next.map(|place| place.task)
    }

    /// Returns the tasks done in order while the same ones stay due; each piece of a task takes as long as
    /// `time` returns.
    fn done(due: &[Task], count: usize, time: impl Fn(Task) -> Duration) -> Vec<Task> {
        let mut turns = Turns::default();
        let piece = |_| {
            let place = turns.next(false, |task| due.contains(&task)).expect("something is due");
            turns.took(place, time(place.task));
            place.task
        };
        (0..count).map(piece).collect()
    }

    fn in_slices(due: &[Task], count: usize) -> Vec<Task> {
        done(due, count, |_| SLICE)
    }

    #[test]
    fn every_task_has_exactly_one_place() {
        for (at, place) in ORDER.into_iter().enumerate() {
            assert_eq!(ORDER.iter().position(|other| other.task == place.task), Some(at), "{:?}", place.task);
            assert_eq!(next(false, &[place.task]), Some(place.task));
        }
        assert_eq!(next(false, &[]), None);
    }

    #[test]
    fn more_urgent_tasks_are_done_first() {
        let order = [Open, Job(Kind::Preview), Evaluate, StartRun, Job(Kind::Classify), STUDY, Train];
        for first in 0..order.len() {
            let mut due = order[first..].to_vec();
            due.reverse();
            assert_eq!(next(false, &due), Some(order[first]));
        }
    }

    #[test]
    fn the_first_step_precedes_tasks_that_can_wait() {
        let can_wait = [Job(Kind::Preview), Evaluate, StartBaseline, StartEvaluation];
        for task in can_wait {
            assert_eq!(next(true, &[task, Train]), Some(Train), "{task:?}");
            assert_eq!(next(true, &[task, StartRun]), Some(StartRun), "{task:?}");
            assert_eq!(next(false, &[task, Train]), Some(task));
        }
        assert_eq!(next(true, &can_wait), None);
        assert_eq!(next(true, &[Train, StartRun, Open]), Some(Open));
    }

    #[test]
    fn training_takes_turns_with_maps_scores_and_studies() {
        assert_eq!(in_slices(&[Train, STUDY], 4), [STUDY, Train, STUDY, Train]);
        assert_eq!(in_slices(&[Train, STUDY, MAP], 6), [MAP, STUDY, Train, MAP, STUDY, Train]);
        assert_eq!(in_slices(&[Train, SCORE], 3), [SCORE, Train, SCORE]);
        // Without training, they run one after the other.
        assert_eq!(in_slices(&[STUDY, MAP], 3), [MAP; 3]);
        assert_eq!(in_slices(&[STUDY], 2), [STUDY; 2]);
    }

    #[test]
    fn quick_steps_fill_a_slice() {
        let done = done(&[Train, STUDY], 11, |_| SLICE / 4);
        let turn = [STUDY, Train, Train, Train, Train];
        assert_eq!(done, [turn.as_slice(), &turn, &[STUDY]].concat());
    }

    #[test]
    fn training_gets_as_much_time_as_each_task_beside_it() {
        let beside = [STUDY, MAP, SCORE];
        for step in [SLICE / 9, SLICE / 3, SLICE / 2, SLICE] {
            let time = |task| if task == Train { step } else { SLICE };
            let all = done(&[beside.as_slice(), &[Train]].concat(), 1000, time);
            let count = |task| all.iter().filter(|other| **other == task).count() as u32;
            let trained = step * count(Train);
            for task in beside {
                let turns = count(task);
                let (least, most) = (SLICE * (turns - 1), (SLICE + step) * turns);
                assert!((least..=most).contains(&trained), "{step:?}: {trained:?}, {turns} of {task:?}");
            }
        }
    }

    #[test]
    fn awaited_tasks_precede_training() {
        for kind in [Kind::Classify, Kind::Explain, Kind::FineTune, Kind::Preview, Kind::Search] {
            assert_eq!(in_slices(&[Train, Job(kind)], 3), [Job(kind); 3]);
        }
        assert_eq!(in_slices(&[Train, Evaluate], 3), [Evaluate; 3]);
    }

    #[test]
    fn tasks_beside_training_are_not_shown_as_evaluation() {
        let shown = |training| ORDER.into_iter().filter(move |place| place.is_shown(training));
        let hidden = shown(false).filter(|place| !place.is_shown(true)).map(|place| place.task);
        assert_eq!(hidden.collect::<Vec<_>>(), [MAP, STUDY]);
        assert!(shown(false).all(|place| matches!(place.task, Job(_))));
    }
}
