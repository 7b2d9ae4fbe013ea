//! The rooms whose code is fetched when it is first needed.

use leptos::{prelude::*, task::spawn_local};

use crate::page::{
    autosave::saver,
    export::folders::Folders,
    files::{
        archive, camera, destination::Destination, experiment_file, exports, incoming::Gathered, intake,
    },
    shell::{export_menu::Exports, share_sheet::ShareSheet},
    store::Store,
    views::{
        explore::{
            matrix::view::MatrixLens,
            neighbours::alteration_view::AlterationControls,
            replay::video::{self, Progress, Video},
        },
        hood::view::Hood,
        label::view::Label,
        reveal::view::Changes,
        sort::view::Sort,
        watch::game::view::GameDialog,
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
    /// The controls that change a picture to search with it.
    alteration: fn() -> AnyView = || AlterationControls().into_any();
    /// The tab Sort.
    sort: fn() -> AnyView = || Sort().into_any();
    /// The tab Label.
    label: fn() -> AnyView = || Label().into_any();
    /// The tab Under the hood.
    hood: fn() -> AnyView = || Hood().into_any();
    /// What a run changed, at its end.
    reveal: fn() -> AnyView = || Changes().into_any();
    /// Contents of the menu Export.
    exports: fn() -> AnyView = || Exports().into_any();
    /// Contents of the menu Share.
    share: fn() -> AnyView = || ShareSheet().into_any();
    /// The dialog of the game.
    game: fn() -> AnyView = || GameDialog().into_any();
    /// Reading of files for the set or the search.
    read: fn(Store, Destination, Gathered) = intake::take;
    /// Reading of the files that were left out, although the set has pictures of the same bytes.
    read_left_out: fn(Store) = intake::take_left_out;
    /// Recording of the replay as a video, and its progress.
    save_video: fn(Store, Progress) = |store, progress| spawn_local(video::save(store, progress));
    /// Sending of such a video to another app.
    send_video: fn(Store, Video) = |store, video| spawn_local(video::send(store, video));
    /// Writing of the table of the selected pictures.
    export_selection: fn(Store) = exports::save_selection;
    /// Packing of the selected pictures' files.
    pack_selection: fn(Store) = |store| archive::save(store, store.with_untracked(Folders::of_selection));
    /// Search with what a camera sees.
    start_camera: fn(Store) = camera::start;
    /// Opening of such a file.
    open_experiment: fn(Store, web_sys::File) = experiment_file::open;
    /// Opening of the work that an earlier visit has left.
    accept_offer: fn(Store) = saver::accept;
}
