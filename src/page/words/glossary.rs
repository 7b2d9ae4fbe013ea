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
        "A view is a picture after random changes. Training only ever sees views: two of each picture, made to look different.";
    /// The network.
    ENCODER:
        "the encoder",
        "The network that turns a picture into a list of numbers, its embedding. Pictures with similar numbers are alike to it.";
    /// Ranks of twins.
    TWINS:
        "twins",
        "Two views of one picture (a positive pair). For each view, all others are ranked by similarity, and the twin should come first. A guess puts it halfway.";
    /// The encoder's input.
    SIDE:
        "input size",
        "The side, in pixels, to which pictures are shrunk for the network. More pixels show finer detail and take longer.";
    /// The encoder's width.
    WIDTH:
        "channels",
        "How many different features the first layer looks for; later layers look for multiples of it. More learn more and take longer.";
    /// The encoder's depth.
    DEPTH:
        "layers",
        "How many convolutions follow each other. Each after the first sees the picture at half the size, so deeper ones see larger parts of it at once.";
    /// The loss.
    LOSS:
        "the loss",
        "What training makes small: how badly views find their partners in the batch. Losses of different kinds count differently and cannot be compared; the dashed line is what a network pays that cannot tell views apart.";
    /// The temperature.
    TEMPERATURE:
        "temperature",
        "How sharply the loss looks at the most similar wrong pictures: a low temperature cares about the nearest ones only, a high one about all alike.";
    /// InfoNCE.
    INFO_NCE:
        "InfoNCE",
        "One choice for each view: which of all other views is its partner? The loss is −log of the partner’s share in a softmax over similarities divided by the temperature, as in SimCLR’s NT-Xent. It pushes hardest against the most similar wrong pictures.";
    /// DCL.
    DCL:
        "DCL",
        "The decoupled contrastive loss: InfoNCE, except that the partner is left out of the sum it is compared with. In InfoNCE a pair that is almost together stops teaching; here it goes on, which makes small batches learn as much as large ones.";
    /// NCE.
    NCE:
        "NCE",
        "Noise-contrastive estimation in its binary form: for each pair of views one yes-or-no question, answered by a logistic function of similarity over temperature plus a learned bias, as in SigLIP. Each question counts for itself.";
    /// Triplets.
    TRIPLET:
        "triplets",
        "An anchor, its positive and one negative: the negative has to be farther from the anchor than the positive by a margin, in squared distance on the unit sphere. Triplets that keep the margin cost nothing and teach nothing.";
    /// Cosine or dot product.
    COMPARISON:
        "the comparison",
        "The cosine looks at directions only. The dot product also grows with the projections’ lengths, so the network can make itself more certain by making them longer. It wants a higher temperature, 1 to 10.";
    /// Learned temperature.
    LEARNED:
        "a learned temperature",
        "A fixed temperature stays as it is set. A learned one starts there and is trained with the weights, within the limits of the setting.";
    /// The margin.
    MARGIN:
        "the margin",
        "By how much a negative has to be farther than the positive, in squared distance: 0 is the same direction, 2 unrelated, 4 opposite.";
    /// Mining.
    MINING:
        "mining",
        "Which negative a triplet takes from the batch. Random: any. Semi-hard: the most similar of those already farther than the positive. Hard: the most similar of all, which teaches most but can collapse everything into one point.";
    /// One row of the batch matrix.
    ROW:
        "the row",
        "A row of the batch matrix is one view, the anchor, compared with all others. Here is how its similarities become its loss; the loss of the batch is the mean over all anchors.";
    /// The batch.
    PAIRS:
        "pairs",
        "How many pictures a step looks at, each as a pair of views. All other views in the batch serve as the wrong answers.";
    /// The steps.
    STEPS:
        "steps",
        "How often the weights are adjusted, each time after looking at one batch of pairs.";
    /// Presets of steps and width.
    EFFORT:
        "time for training",
        "Quick is a first look, Balanced what is recommended, Thorough twice as many steps of a wider network. Large sets take more steps, so that each picture is looked at some eighteen times.";
    /// The start of the first layer.
    FIRST_LAYER:
        "the first layer",
        "What the first layer looks for before training. Whitened: the edges and colours by which small patches of these pictures differ the most. Random: anything. Both learn on from there.";
    /// The input of the linear layer.
    READOUT:
        "the readout",
        "Into how many places a side the last layer’s map is divided before it is summed up. 1 forgets where in the picture something was; 4 keeps it.";
    /// Outputs of the linear layer.
    OUTPUTS:
        "outputs",
        "How many numbers the network’s last layer makes of a picture. The loss compares views by them; they are also the embedding where it is set to outputs.";
    /// The features that embed a picture.
    FEATURES:
        "the embedding",
        "The numbers by which pictures are compared after training. Whitened map: what the last layer sees, place by place, weighed so that every direction in which these pictures differ counts alike, and averaged with the mirror image where mirroring is among the augmentations. Outputs: what the network’s last layer makes of it.";
    /// The learning rate.
    LEARNING_RATE:
        "learning rate",
        "How far one step may move the weights. It rises over the first steps and then falls to zero along a cosine.";
    /// The seed.
    SEED:
        "seed",
        "The number all randomness starts from: the same seed and settings give the same run.";
    /// The backend.
    BACKEND:
        "backend",
        "Where the arithmetic is done: on the graphics processor through WebGPU, or on the main processor.";
    /// Contrastive accuracy.
    ACCURACY:
        "contrastive accuracy",
        "How often a view’s partner is its nearest among all views of the batch.";
    /// Alignment.
    ALIGNMENT:
        "alignment",
        "The mean squared distance between the two views of a picture: 0 when they coincide. Lower is better, as long as uniformity falls too.";
    /// Uniformity.
    UNIFORMITY:
        "uniformity",
        "How evenly views spread over the sphere of possible projections: 0 when all collapse into one point, lower when they spread.";
    /// Effective rank.
    EFFECTIVE_RANK:
        "the rank",
        "How many directions the network’s last map, or its outputs where they are compared, really uses over the set, as exp of the entropy of their singular values (Roy & Vetterli 2007): near 1 the encoder has collapsed, and at most it is the count of numbers in an embedding. Measured at each evaluation.";
    /// Cosine similarity.
    SIMILARITY:
        "similarity",
        "Cosine similarity: the cosine of the angle between two embeddings. 1 is the same direction, 0 unrelated, −1 opposite.";
    /// The batch matrix.
    BATCH_MATRIX:
        "the batch matrix",
        "Every view of the current batch against every other. Between the thin lines lie the positives, the two views of one picture: training makes them bright and all else dark.";
    /// The set matrix.
    SET_MATRIX:
        "the similarity matrix",
        "Every picture against every other. Rows and columns are in the same order, kinds or groups side by side, so that alike pictures form bright blocks along the diagonal.";
    /// The map.
    MAP:
        "the map",
        "Every picture at a place in the plane, alike ones close together. An embedding has many more than two directions, so no map can keep all distances: near means alike, but how far apart two groups lie says little.";
    /// Principal components.
    PCA:
        "principal components",
        "The map as seen from the side where the embeddings spread the most. Quick and without distortion, but all other directions are pressed flat.";
    /// t-SNE.
    TSNE:
        "t-SNE",
        "A map that is pulled into shape until near neighbours lie together. It shows groups well; sizes of groups and gaps between them mean little.";
    /// kNN.
    KNN:
        "kNN",
        "k nearest neighbours: how often the majority among a picture’s 10 nearest others carries its label, 0 to 1; of pictures with labels, those that you type included. The sentence above the pictures counts how many of the 10 carry it on average. Labels serve this score alone, never training.";
    /// Baselines.
    STAGES:
        "the four rows",
        "Trained is the encoder as it is now, Untrained the same network before its first step: what training added is the difference. The other two know no network: Classic features count the directions of edges, place by place, and the colours (HOG and a colour histogram); Raw pixels are the colours themselves. A network that is worth its training is ahead of both.";
    /// Runs.
    RUNS:
        "runs",
        "The latest twenty runs are kept, here and with the experiment, whatever ended them: Reset, a setting that needs a new network, or other pictures. Tick two to compare them. Using a run’s settings leaves backend and pictures as they are, but for figures, which its seed draws anew.";
    /// The occlusion map.
    OCCLUSION:
        "what makes them alike",
        "A grey square, a quarter of the side, slides over one picture while the other stays as it is. Where covering lowers the similarity, the network compares what lies there (an occlusion map, Zeiler & Fergus 2014). Each pixel shows the mean over the squares that cover it.";
    /// Labels.
    LABELS:
        "labels",
        "A folder’s name becomes its pictures’ label. Labels are used only to score what was learned, and by the classifiers of the tab Labels; the encoder never sees them.";
    /// Held-out pictures.
    HELD_OUT:
        "held-out pictures",
        "Pictures whose label the classifier is not told. How often it guesses theirs right says what the few given labels are worth. Where no other picture has a label to compare with, each given label is guessed from the others instead (cross-validation).";
    /// The linear probe.
    LINEAR_PROBE:
        "the linear probe",
        "A classifier that only weighs and adds the numbers of an embedding. The encoder stays as it is, so the probe tells what is already in its embeddings.";
    /// The vote.
    KNN_VOTE:
        "the kNN vote",
        "The 10 nearest pictures with a given label vote for theirs; the nearer one is, the more its vote weighs.";
    /// Fine-tuning.
    FINE_TUNING:
        "fine-tuning",
        "A copy of the encoder goes on learning, now from the given labels: its weights and a classifier on top move together for 100 steps. The encoder itself stays as it is.";
    /// Confidence.
    CONFIDENCE:
        "confidence",
        "How sure the classifier is of its guess. The least confident guesses are the best ones to correct.";
    /// The confusion matrix.
    CONFUSION:
        "the confusion matrix",
        "A row for each label that pictures came with, a column for each label they were given. Right guesses lie on the diagonal; a bright cell beside it is a label often taken for another.";
    /// Groups.
    GROUPS:
        "groups",
        "Spherical k-means deals the pictures into a given number of groups, so that each is as similar as can be to its group’s centre. The first picture of a group, its medoid, is the most similar to all others in it.";
    /// The separation of groups.
    SILHOUETTE:
        "the silhouette",
        "How much closer pictures are to their own group than to the next: 1 where groups stand clearly apart, 0 where they run into each other. Suggested are as many groups as there are labels, and without labels a number that grows with the set, up to 20.";
    /// Invariance.
    INVARIANCE:
        "invariance",
        "The mean cosine similarity between a picture’s embedding and that of the same picture after the change, over up to 64 pictures of the set. An encoder is invariant to a change that leaves its embeddings where they are: what differs between two views of a pair is what training makes it invariant to.";
    /// Near-duplicates.
    NEAR_DUPLICATES:
        "near-duplicates",
        "Pictures that are at least as similar as the threshold, directly or through others between them. Raw pixels find copies; a trained encoder also finds the same thing seen differently.";
    /// Outliers.
    OUTLIERS:
        "odd ones out",
        "Pictures whose nearest others are still far away: rare things, mistakes, or files that are there by accident.";
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
