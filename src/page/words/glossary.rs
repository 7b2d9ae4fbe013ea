//! The technical terms, each with an explanation that needs none of the others.

/// A term and its explanation.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The term.
    pub name: &'static str,
    /// Its explanation, in plain sentences.
    pub meaning: &'static str,
}

/// Declares terms, and a list of all of them for the tests.
macro_rules! terms {
    ($($(#[$doc:meta])* $constant:ident: $name:literal, $meaning:literal;)*) => {
        $($(#[$doc])* pub const $constant: Term = Term { name: $name, meaning: $meaning };)*

        #[cfg(test)]
        const ALL: &[Term] = &[$($constant),*];
    };
}

terms! {
    /// The views of the pictures.
    VIEW:
        "views",
        "A view is a picture after random changes (augmentations). Training only sees views: two of each picture, made to look different.";
    /// The network.
    ENCODER:
        "the network",
        "The network (encoder) turns a picture into a list of numbers (embedding). Pictures with similar numbers are similar to it.";
    /// Ranks of twins.
    TWINS:
        "twins",
        "Two views of one picture (a positive pair). For each view, all others are ranked by similarity, and the twin should come first. A guess puts it halfway.";
    /// The network's input.
    SIDE:
        "input size",
        "Pictures are shrunk to this many pixels a side (input resolution). More pixels show finer detail and take longer.";
    /// The network's width.
    WIDTH:
        "channels",
        "How many features the first layer looks for (channels). Later layers look for multiples of it. More can learn more, but take longer.";
    /// The network's depth.
    DEPTH:
        "layers",
        "How many layers look at the picture in turn (convolutions). Each one after the first sees it at half the size. So later layers see larger parts at once.";
    /// The loss.
    LOSS:
        "the loss",
        "How wrong the network is about which views belong together. Training pushes it down. The dashed line is pure guessing. Loss functions count differently, so don’t compare their values.";
    /// The temperature.
    TEMPERATURE:
        "temperature",
        "How much the loss cares about the most similar wrong pictures. A low temperature looks at those only, a high one at all alike.";
    /// InfoNCE.
    INFO_NCE:
        "InfoNCE",
        "One choice for each view: which of all other views is its twin? The loss is −log of the twin’s share in a softmax over similarities divided by the temperature. It pushes hardest against the most similar wrong pictures. (SimCLR calls it NT-Xent.) The twin is also called the positive.";
    /// DCL.
    DCL:
        "DCL",
        "InfoNCE, but the twin is left out of the sum that it’s compared with (decoupled contrastive loss). In InfoNCE, a pair that is almost together stops teaching. Here it carries on, so small batches learn as much as large ones.";
    /// NCE.
    NCE:
        "NCE",
        "One yes-or-no question for each pair of views: are they the same picture? The answer is a logistic function of similarity over temperature, plus a learned bias. Each question counts by itself (binary noise-contrastive estimation, as in SigLIP).";
    /// Triplets.
    TRIPLET:
        "triplets",
        "Three views at a time: an anchor, its twin (positive) and another picture’s view (negative). The negative has to be farther from the anchor than the twin, by a margin. Distances are squared, on the unit sphere. Triplets that keep the margin cost nothing and teach nothing.";
    /// Cosine or dot product.
    COMPARISON:
        "the comparison",
        "The cosine compares directions only. The dot product also grows with the projections’ lengths, so longer ones look more certain. It needs a higher temperature, from 1 to 10.";
    /// Learned temperature.
    LEARNED:
        "a learned temperature",
        "A fixed temperature stays as you set it. A learned one starts there and is trained with the weights, within the setting’s limits.";
    /// The margin.
    MARGIN:
        "the margin",
        "How much farther a negative has to be than the twin, in squared distance. 0 is the same direction, 2 unrelated, 4 opposite.";
    /// Mining.
    MINING:
        "mining",
        "Which negative each triplet takes from the batch (mining). Random takes any. Semi-hard takes the most similar one that is already farther than the twin. Hard takes the most similar of all. Hard teaches most, but can collapse everything into one point.";
    /// One row of the batch matrix.
    ROW:
        "the row",
        "One row compares one view (the anchor) with all others in the batch. This shows how its similarities become its loss. The batch’s loss is the mean over all rows.";
    /// The batch.
    PAIRS:
        "pairs",
        "How many pictures a step looks at, each as a pair of views (batch size). All other views in the batch serve as wrong answers.";
    /// The steps.
    STEPS:
        "steps",
        "How often the network’s weights are adjusted. Each step looks at one batch of pairs.";
    /// Presets of steps and width.
    EFFORT:
        "time for training",
        "Quick gives a first look, Balanced is recommended. Thorough takes twice the steps, with a wider network. Large sets take more steps, so that each picture is seen some eighteen times.";
    /// The start of the first layer.
    FIRST_LAYER:
        "the first layer",
        "What the first layer looks for before training. Whitened: the edges and colours in which small patches of these pictures differ most. Random: anything. Both learn on from there.";
    /// The input of the linear layer.
    READOUT:
        "the readout",
        "How finely the last layer’s map is divided before it’s summed up (pooling). 1 forgets where in the picture something was. 4 keeps it.";
    /// Outputs of the linear layer.
    OUTPUTS:
        "outputs",
        "How many numbers the network’s last layer gives for a picture (projection). The loss compares views by them. They are also the embedding if that is set to outputs.";
    /// The features that embed a picture.
    FEATURES:
        "the embedding",
        "The numbers by which pictures are compared after training (embedding). Whitened map: what the last layer sees, place by place, with every direction of difference counting alike. It’s averaged with the mirror image where flips are among the augmentations. Outputs: what the network’s last layer makes of the picture.";
    /// The learning rate.
    LEARNING_RATE:
        "learning rate",
        "How far one step may move the weights. It rises over the first steps, then falls to zero along a cosine (warm-up, cosine decay).";
    /// The seed.
    SEED:
        "seed",
        "All randomness starts from this number. The same seed and settings give the same run.";
    /// The backend.
    BACKEND:
        "backend",
        "Where the arithmetic is done: on the GPU through WebGPU, or on the CPU.";
    /// The number of workers.
    CORES:
        "cores",
        "How many cores share each step. Automatic takes all but one, which draws the page, and at most four. The result is the same, whatever the number.";
    /// Contrastive accuracy.
    ACCURACY:
        "contrastive accuracy",
        "How often a view’s twin is the nearest of all views in the batch (contrastive accuracy).";
    /// Alignment.
    ALIGNMENT:
        "alignment",
        "How far apart the two views of a picture are (mean squared distance). 0 means that they coincide. Lower is better, as long as uniformity falls too.";
    /// Uniformity.
    UNIFORMITY:
        "uniformity",
        "How evenly views spread over all directions (the sphere of projections). 0 means that all have collapsed into one point. Lower means that they spread.";
    /// Effective rank.
    EFFECTIVE_RANK:
        "the rank",
        "How many directions the network’s last map really uses (or its outputs, where these are compared). Near 1, the network has collapsed. The most possible is the count of numbers in an embedding. It’s measured at each evaluation (effective rank: exp of the entropy of the singular values, Roy & Vetterli 2007).";
    /// Cosine similarity.
    SIMILARITY:
        "similarity",
        "How similar two pictures are (cosine similarity, the cosine of the angle between embeddings). 1 is the same direction, 0 unrelated, −1 opposite.";
    /// The batch matrix.
    BATCH_MATRIX:
        "the batch matrix",
        "Every view of the batch compared with every other. Between the thin lines lie the twins (positives). Training makes those bright and all else dark.";
    /// The set matrix.
    SET_MATRIX:
        "the similarity matrix",
        "Every picture compared with every other (similarity matrix). By label, each cell is the mean over all pairs of pictures with the two labels. Each label shows its most typical picture (medoid). A label needs two pictures. By picture, similar ones form bright blocks along the diagonal.";
    /// The map.
    MAP:
        "the map",
        "Every picture at a place in the plane, similar ones close together. Embeddings have many more directions, so no flat map keeps all distances. Near means similar. How far apart two groups lie says little. A dot is a picture without room: zoom in to see it.";
    /// Principal components.
    PCA:
        "principal components",
        "The map seen from the side where pictures differ most (principal components, PCA). It’s quick and undistorted, but all other directions are pressed flat.";
    /// t-SNE.
    TSNE:
        "t-SNE",
        "A map pulled into shape until the nearest pictures lie together (t-SNE). It shows groups well. Their sizes and the gaps between them mean little.";
    /// kNN.
    KNN:
        "kNN",
        "How often most of a labelled picture’s 10 nearest carry its label (k nearest neighbours, kNN). 0 is never, 1 is always. Labels that you type count too. The sentence above the pictures shows something else: how many of the nearest share the label. Labels only keep the score: training never uses them.";
    /// Baselines.
    STAGES:
        "before, now and pixels",
        "Now is the network as it is. Before is the same network before training. The difference is what training added. Pixels are the colours themselves, without a network. Classic features count edge directions and colours (HOG and a colour histogram). A network worth its training beats both.";
    /// Runs.
    RUNS:
        "runs",
        "The latest twenty runs are kept, here and with the experiment, however they ended. Tick two to compare them. Using a run’s settings leaves backend and pictures as they are. Only Shapes are drawn again, from the run’s seed.";
    /// The occlusion map.
    OCCLUSION:
        "what makes them alike",
        "A grey square hides part of one picture, place by place, while the other stays as it is. Where hiding something lowers the similarity, the network compares what lies there. Each pixel shows the mean over the squares that hide it (occlusion map, Zeiler & Fergus 2014).";
    /// Labels.
    LABELS:
        "labels",
        "A folder’s name becomes its pictures’ label, unless it is train, test or the like. Labels score what was learned, and teach the classifiers in the tab Label. Training never sees them.";
    /// Held-out pictures.
    HELD_OUT:
        "held-out pictures",
        "Pictures whose label the classifier isn’t told (held out). How often it guesses these right shows what your few labels are worth. Where no other picture has a label, each given one is guessed from the others (cross-validation).";
    /// The linear probe.
    LINEAR_PROBE:
        "the linear probe",
        "A simple classifier that only weighs and adds the numbers of an embedding (linear probe). The network stays as it is. So this shows what its embeddings already hold.";
    /// The vote.
    KNN_VOTE:
        "the kNN vote",
        "The 10 nearest labelled pictures vote for their label (kNN). Nearer ones weigh more.";
    /// Fine-tuning.
    FINE_TUNING:
        "fine-tuning",
        "A copy of the network learns on, now from the given labels. It takes 100 steps, together with a classifier on top. The network itself stays as it is.";
    /// Confidence.
    CONFIDENCE:
        "confidence",
        "How sure the classifier is of its guess (confidence). Check the least sure guesses first.";
    /// The confusion matrix.
    CONFUSION:
        "the confusion matrix",
        "Each row is a label that pictures came with, each column a guess. Right guesses lie on the diagonal. A bright cell beside it is a label often taken for another.";
    /// Groups.
    GROUPS:
        "groups",
        "Sorts the pictures into a given number of groups, each as similar inside as can be (spherical k-means). The first picture of a group is the most similar to all others in it (medoid).";
    /// The separation of groups.
    SILHOUETTE:
        "the silhouette",
        "How much closer pictures are to their own group than to the next (silhouette). 1 means clearly apart, 0 means that groups run into each other. The page suggests as many groups as labels. Without labels, the number grows with the set, up to 20.";
    /// Invariance.
    INVARIANCE:
        "invariance",
        "How similar a picture stays to itself after one change (mean cosine similarity). It’s measured on up to 64 pictures. A network that doesn’t notice a change is invariant to it. Training teaches it to ignore whatever changes between the two views.";
    /// Copies.
    COPIES:
        "copies",
        "The same picture again: compressed, resized, blurred, brighter, marked, mirrored, or cropped or turned a little. Pictures that look alike are laid over each other, each as a whole, and compared block by block. Files of the same bytes are known at once. None of that needs training.";
    /// Near-duplicates.
    NEAR_DUPLICATES:
        "near-duplicates",
        "Pictures at least as similar as the threshold, directly or through others between them. A trained network also finds the same thing seen differently.";
    /// Outliers.
    OUTLIERS:
        "odd ones out",
        "Pictures whose nearest are still far away (outliers): rare things, mistakes, or files that are there by accident.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meanings_are_sentences() {
        for Term { name, meaning } in ALL {
            assert!(!name.is_empty() && meaning.ends_with('.'), "{name}");
        }
    }
}
