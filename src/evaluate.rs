//! Measures of embeddings, one per file.
//!
//! Embeddings are given as [`UnitRows`], so that a dot product is a cosine; [`AllPairs`] compares many rows
//! with all.
//!
//! - Quality: [`knn`], [`effective_rank`], [`invariance`]
//! - Similarity: [`neighbours`], [`set_matrix`] and the [`order`] of its rows, [`near_duplicates`],
//!   [`outliers`], and within a picture: [`occlusion`]
//! - The pictures themselves, without embeddings: [`copies`]
//! - Preprocessing: [`centre`], [`whitening`]
//! - Clustering: [`k_means`] and its [`silhouette`]
//! - Maps: [`principal_components`], [`tsne`], and [`procrustes`], which aligns one with another
//! - Classification by [`labels`]: [`linear_probe`] (trained by [`lbfgs`]) and [`knn_vote`], scored on the
//!   examples that a [`split`] or [`folds`] hold out

pub mod centre;
pub mod copies;
pub mod effective_rank;
pub mod folds;
pub mod invariance;
pub mod k_means;
pub mod knn;
pub mod knn_vote;
pub mod labels;
pub mod lbfgs;
pub mod linear_probe;
pub mod near_duplicates;
pub mod neighbours;
pub mod occlusion;
pub mod order;
pub mod outliers;
pub mod principal_components;
pub mod procrustes;
pub mod set_matrix;
pub mod silhouette;
pub mod split;
pub mod tsne;
pub mod whitening;

mod all_pairs;
mod unit_rows;

pub use all_pairs::{AllPairs, rows_per_slice};
pub use unit_rows::{UnitRows, dot};
