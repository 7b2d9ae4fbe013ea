//! What a session does next.

/// One short piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Open,
    Preview,
    Evaluate,
    StartPixels,
    StartRun,
    StartEvaluation,
    Search,
    Explain,
    Measure,
    SendMatrix,
    StartMap,
    DrawMap,
    Classify,
    Study,
    FineTune,
    Train,
}

/// All tasks, the most urgent first.
const ORDER: [Task; 16] = [
    Task::Open,
    Task::Preview,
    Task::Evaluate,
    Task::StartPixels,
    Task::StartRun,
    Task::StartEvaluation,
    Task::Search,
    Task::Explain,
    Task::Measure,
    Task::SendMatrix,
    Task::StartMap,
    Task::DrawMap,
    Task::Classify,
    Task::Study,
    Task::FineTune,
    Task::Train,
];

/// The most urgent of the tasks that are due. Between two training steps each task that
/// takes long without being waited for has one turn: `had_turns` are those that had theirs.
pub fn next(due: impl Fn(Task) -> bool, had_turns: &[Task]) -> Option<Task> {
    let training = due(Task::Train);
    ORDER.into_iter().find(|task| due(*task) && !(training && had_turns.contains(task)))
}

/// Whether training goes on beside a task.
pub fn takes_turns(task: Task) -> bool {
    matches!(task, Task::DrawMap | Task::Study)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is done in `count` pieces while the same tasks stay due.
    fn done(due: &[Task], count: usize) -> Vec<Task> {
        let mut had_turns = Vec::new();
        let piece = |_| {
            let task = next(|task| due.contains(&task), &had_turns).expect("something is due");
            if task == Task::Train {
                had_turns.clear();
            } else if takes_turns(task) {
                had_turns.push(task);
            }
            task
        };
        (0..count).map(piece).collect()
    }

    #[test]
    fn every_task_has_its_place() {
        for task in ORDER {
            assert_eq!(next(|other| other == task, &[]), Some(task));
            assert_eq!(ORDER.iter().filter(|other| **other == task).count(), 1);
        }
        assert_eq!(next(|_| false, &[]), None);
    }

    #[test]
    fn training_takes_turns_with_maps_and_studies() {
        use Task::{DrawMap, Study, Train};
        assert_eq!(done(&[Train, Study], 4), [Study, Train, Study, Train]);
        assert_eq!(done(&[Train, Study, DrawMap], 6), [DrawMap, Study, Train, DrawMap, Study, Train]);
        // At rest they go on one after the other.
        assert_eq!(done(&[Study, DrawMap], 3), [DrawMap; 3]);
        assert_eq!(done(&[Study], 2), [Study; 2]);
    }

    #[test]
    fn what_the_user_waits_for_comes_before_training() {
        use Task::{Classify, Evaluate, Explain, FineTune, Open, Preview, StartRun, Train};
        for urgent in [Classify, Explain, FineTune, Preview, Evaluate] {
            assert_eq!(done(&[Train, urgent], 3), [urgent; 3]);
        }
        assert_eq!(done(&[Preview, Open, StartRun], 1), [Open]);
    }
}
