//! The selected pictures, as a table.

use super::{File, csv::Csv};
use crate::page::{state::State, views::sort::picture_groups::numbers};

/// Returns the table `name,label,path,…` of the selected pictures, in the order of the set.
pub fn csv(state: &State) -> File {
    let groups = numbers(state);
    let mut csv = Csv::of_pictures(&["name", "label"]);
    for id in state.selection.iter() {
        csv.picture(state, id);
        csv.file_and_group(state, &groups, id);
        csv.end_row();
    }
    File { name: "likeness-selection.csv".to_owned(), kind: "text/csv", contents: csv.finish().into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{export::samples::state, fixture::answer},
        protocol::{Answer, Clustering, GroupsRequest, Partition, Stage},
    };

    #[test]
    fn table_holds_the_selected_pictures_with_their_labels() {
        let mut state = state();
        let order = state.order();
        state.select_all([order[2], order[0]]);
        let text = String::from_utf8(csv(&state).contents).expect("text");
        assert_eq!(
            text,
            "name,label,path,width,height,bytes,modified,taken,group\r\n\"a \"\"b\"\", c.png\",cats,,,,,,,\r\ne.png,,,,,,,,\r\n"
        );
    }

    #[test]
    fn table_holds_the_groups_that_were_shown() {
        let mut state = state();
        let partition = |groups: Vec<Vec<u32>>| Partition { silhouette: 0.5, groups };
        let partitions = vec![partition(vec![vec![1, 2], vec![0]])];
        let found = Clustering { stage: Stage::Trained, step: 5, partitions };
        answer(&mut state, GroupsRequest { stage: Stage::Trained }, Answer::Groups(found));
        state.select_all([0, 1]);
        let text = String::from_utf8(csv(&state).contents).expect("text");
        let groups: Vec<_> = text.lines().filter_map(|line| line.rsplit(',').next()).collect();
        assert_eq!(groups, ["group", "2", "1"]);
    }
}
