//! Monkey testing of the page: anything that can be pressed, set, typed or dropped, in an order determined by
//! the seed.

use std::path::PathBuf;

use anyhow::Result;
use rand::RngExt;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Page;

/// A typical task of visitors, which the monkey therefore has to do repeatedly.
#[derive(Serialize)]
struct Errand {
    /// Name under which it is counted.
    name: &'static str,
    /// Selector of its controls.
    controls: &'static str,
    /// Pattern of their names.
    called: &'static str,
    /// Number of actions per thousand, in addition to random ones.
    often: u32,
}

/// Errand of dropping files, and its number of actions per thousand.
const DROP: (&str, u32) = ("drop", 40);

/// About half of the time is spent in training; another backend restarts the run.
const ERRANDS: [Errand; 8] = [
    errand("remove", "button", "^Remove( all pictures)?$", 12),
    errand("train", ".train-buttons button", "^Train$", 80),
    errand("pause", ".train-buttons button", "^Pause$", 40),
    errand("backend", "input[name=backend]", "", 5),
    errand("loss", "input[name=loss]", "", 10),
    errand("tab", "[role=tab]", "", 30),
    errand("label", ".label-form button[type=submit]", "", 40),
    errand("export", "#export-menu button, [popovertarget=export-menu]", EXPORTS, 15),
];

/// Names of exports.
const EXPORTS: &str = r"\((CSV|NPY|TSV \+ sprite|JSONL|JSON|safetensors)\)$|^Experiment$|^Export$";

const fn errand(name: &'static str, controls: &'static str, called: &'static str, often: u32) -> Errand {
    Errand { name, controls, called, often }
}

/// Acts on the control selected by the random number, and returns a description and the errand it counts as,
/// if any. With an errand's name, only that errand's controls are used. It does nothing if there is no
/// control, or to an option that is already chosen. Sizes that would keep the CPU busy for minutes are
/// avoided, as are the system's file dialogues.
const ACT: &str = r#"((errands, wanted, random) => {
    const named = element => (element.ariaLabel ?? element.textContent ?? "").trim().slice(0, 40);
    const shown = element => element.checkVisibility({visibilityProperty: true});
    const usable = element => !element.disabled && !(element.type === "radio" && element.checked);
    const serves = ({controls, called}, element) => element.matches(controls) && new RegExp(called).test(named(element));
    const avoided = /^Choose (files|pictures|a folder)$|^Search with/;
    const anything = "button, summary, select, input:not([type=file]), [role=option], [role=application]";
    const free = element => shown(element) && !avoided.test(named(element));
    const errand = errands.find(({name}) => name === wanted);
    // A folded step does not keep the monkey from its errand.
    const fits = errand ? element => serves(errand, element) : free;
    const controls = [...document.querySelectorAll(errand?.controls ?? anything)].filter(element => usable(element) && fits(element));
    // Kinds first, so that a thousand pictures do not keep the monkey from the buttons.
    const kind = element => element.getAttribute("role") ?? element.type ?? element.localName;
    const kinds = [...new Set(controls.map(kind))];
    const next = bound => { random = (random * 1103515245 + 12345) % 2147483648; return Math.floor(random / 2147483648 * bound); };
    const picked = kinds[next(kinds.length)];
    const few = controls.filter(element => kind(element) === picked);
    const control = few[next(few.length)];
    if (control === undefined) return {errand: null, words: `nothing${wanted ? ` to ${wanted}` : ""}`};
    const enter = (field, value, ...events) => {
        field.value = value;
        events.forEach(type => field.dispatchEvent(new Event(type, {bubbles: true})));
        return ` = ${value}`;
    };
    const text = () => ["cat", "<b>dog</b>", "猫", "", " "][next(5)];
    const act = () => {
        switch (control.type) {
            case "range": {
                const [least, most] = [Number(control.min), Number(control.max)];
                // Some sliders count while they move, others once they are let go.
                return enter(control, least + next(21) / 20 * (most - least), "input", "change");
            }
            case "number": {
                const odd = ["", "NaN", "-1", "1e999", "0"];
                const [least, most] = [Number(control.min), Number(control.max)];
                return enter(control, next(4) === 0 && most > 1000 ? odd[next(odd.length)] : least + next(Math.min(most - least, 12) + 1), "change");
            }
            case "text": case "search": return enter(control, text(), "input", "change");
            case "select-one": return enter(control, control.options[next(control.options.length)].value, "change");
            case "submit": {
                const field = control.form?.querySelector("input[type=text]");
                const typed = field ? enter(field, text() || "bird", "input") : "";
                control.click();
                return typed;
            }
            default: control.click(); return "";
        }
    };
    const name = named(control) || `${control.name ?? ""} ${control.parentElement.textContent.trim().slice(0, 40)}`;
    const served = errands.find(errand => serves(errand, control))?.name ?? null;
    return {errand: served, words: `${picked} ${name}${act()}`};
})"#;

/// An action.
#[derive(Clone, Debug, Deserialize)]
pub struct Done {
    /// The one of [`Monkey::errands`] it counts as, if any.
    pub errand: Option<String>,
    /// Description of the action.
    pub words: String,
}

/// A source of random actions.
pub struct Monkey {
    random: Pcg64Mcg,
    files: Vec<PathBuf>,
}

impl Monkey {
    /// Creates a monkey with files to drop.
    pub fn new(seed: u64, files: Vec<PathBuf>) -> Self {
        Self { random: Pcg64Mcg::seed_from_u64(seed), files }
    }

    /// Returns the names of its errands.
    pub fn errands() -> impl Iterator<Item = &'static str> {
        [DROP.0].into_iter().chain(ERRANDS.iter().map(|errand| errand.name))
    }

    /// Performs one action and returns it.
    pub async fn act(&mut self, page: &Page) -> Result<Done> {
        let mut left = self.random.random_range(0..1000);
        if left < DROP.1 {
            return self.drop_some(page).await;
        }
        left -= DROP.1;
        for Errand { name, often, .. } in &ERRANDS {
            if left < *often {
                return self.press(page, Some(name)).await;
            }
            left -= often;
        }
        self.press(page, None).await
    }

    async fn drop_some(&mut self, page: &Page) -> Result<Done> {
        let from = self.random.random_range(0..self.files.len());
        let files = &self.files[from..self.files.len().min(from + 6)];
        page.drop_paths(files).await?;
        Ok(Done { errand: Some(DROP.0.to_owned()), words: format!("drop {} files", files.len()) })
    }

    /// Acts on a control, of `errand` if given.
    async fn press(&mut self, page: &Page, errand: Option<&str>) -> Result<Done> {
        let number = self.random.random_range(1..i32::MAX);
        let done = page.evaluate(&format!("{ACT}({}, {}, {number})", json!(ERRANDS), json!(errand))).await?;
        Ok(serde_json::from_value(done)?)
    }
}
