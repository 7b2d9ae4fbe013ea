//! The rooms whose code is fetched when it is first needed.

use leptos::prelude::*;

use crate::page::{
    export::Export,
    files::experiment_file,
    shell::export_menu,
    store::Store,
    views::{
        explore::matrix::view::MatrixLens, gallery::action_bar, hood::view::Hood, label::view::Label,
        sort::view::Sort,
    },
};

macro_rules! rooms {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $entry:expr;)*) => {
        /// Entry points of the rooms.
        pub struct Rooms {
            $($(#[$doc])* pub $name: $kind,)*
        }

        /// For the cut in [`loader`](super::loader) alone: a further reference would keep the code of
        /// all rooms in the first module.
        pub(super) static ROOMS: Rooms = Rooms { $($name: $entry,)* };
    };
}

rooms! {
    /// The matrix of the tab Explore.
    matrix: fn() -> AnyView = || MatrixLens().into_any();
    /// The tab Sort.
    sort: fn() -> AnyView = || Sort().into_any();
    /// The tab Label.
    label: fn() -> AnyView = || Label().into_any();
    /// The tab Under the hood.
    hood: fn() -> AnyView = || Hood().into_any();
    /// Writing of a file of the menu Export.
    export: fn(Store, Export) = export_menu::save;
    /// Writing of the file about the run.
    export_run: fn(Store) = export_menu::save_run;
    /// Writing of the table of the selected pictures.
    export_selection: fn(Store) = action_bar::export;
    /// Saving of the experiment as a file.
    save_experiment: fn(Store) = experiment_file::save;
    /// Opening of such a file.
    open_experiment: fn(Store, web_sys::File) = experiment_file::open;
}
