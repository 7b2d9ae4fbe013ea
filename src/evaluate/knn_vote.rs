//! Vote of the nearest labelled pictures, with its confidence.

use super::UnitRows;

/// Number of neighbours that vote; all given rows if there are fewer.
pub const VOTERS: usize = 10;

/// Temperature of the votes: each weighs exp(similarity / 0.07), the weighted vote of Wu et al. 2018, so that
/// with few labels per class the result is not left to chance.
const TEMPERATURE: f32 = 0.07;

/// Returns each class's share of the votes for the rows `which`, row by row.
///
/// `given` are rows with a class each, below `classes`; a row never votes for itself.
pub fn shares(
    rows: &UnitRows,
    given: &[usize],
    targets: &[usize],
    classes: usize,
    which: &[usize],
) -> Vec<f32> {
    let mut shares = Vec::with_capacity(which.len() * classes);
    for &row in which {
        let others = given.iter().zip(targets).filter(|(other, _)| **other != row);
        let mut voters: Vec<(f32, usize)> =
            others.map(|(other, class)| (rows.cosine(row, *other), *class)).collect();
        // A stable sort: ties go to the rows given first.
        voters.sort_by(|a, b| b.0.total_cmp(&a.0));
        voters.truncate(VOTERS);
        shares.extend(weighted(&voters, classes));
    }
    shares
}

/// Returns the classes' shares of the weighted votes; equal shares if there are no voters.
fn weighted(voters: &[(f32, usize)], classes: usize) -> Vec<f32> {
    let Some((most, _)) = voters.first() else { return vec![1.0 / classes as f32; classes] };
    let mut shares = vec![0.0; classes];
    for (similarity, class) in voters {
        shares[*class] += ((similarity - most) / TEMPERATURE).exp();
    }
    let sum: f32 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns rows at angles in degrees.
    fn at(angles: &[f32]) -> UnitRows {
        let place = |angle: &f32| [angle.to_radians().cos(), angle.to_radians().sin()];
        UnitRows::new(angles.iter().flat_map(place).collect(), 2)
    }

    #[test]
    fn nearer_class_has_the_larger_share() {
        let rows = at(&[0.0, 5.0, 80.0, 85.0, 10.0]);
        let shares = shares(&rows, &[0, 1, 2, 3], &[0, 0, 1, 1], 2, &[4]);
        assert!(shares[0] > 0.99 && (shares.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{shares:?}");
    }

    #[test]
    fn votes_agree_with_the_formula() {
        let rows = at(&[0.0, 20.0, 30.0]);
        let shares = shares(&rows, &[0, 2], &[0, 1], 2, &[1]);
        let weight = |degrees: f32| (degrees.to_radians().cos() / TEMPERATURE).exp();
        let expected = weight(20.0) / (weight(20.0) + weight(10.0));
        assert!((shares[0] - expected).abs() < 1e-5, "{} instead of {expected}", shares[0]);
    }

    #[test]
    fn a_row_does_not_vote_for_itself_and_the_farthest_do_not_vote() {
        let rows = at(&[0.0, 90.0, 40.0]);
        assert_eq!(shares(&rows, &[0, 1], &[0, 1], 2, &[0]), [0.0, 1.0]);
        assert_eq!(shares(&rows, &[0], &[0], 2, &[0]), [0.5, 0.5]);
        let crowd = at(&[vec![0.0; VOTERS + 1], vec![1.0]].concat());
        let given: Vec<usize> = (0..=VOTERS).collect();
        let targets: Vec<usize> = given.iter().map(|i| usize::from(*i == VOTERS)).collect();
        assert_eq!(shares(&crowd, &given, &targets, 2, &[VOTERS + 1]), [1.0, 0.0]);
    }
}
