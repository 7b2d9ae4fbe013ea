//! A monkey at the page: anything that can be pressed, set, typed or dropped, in an order that
//! its seed decides.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rand::RngExt;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use serde_json::json;

use crate::Page;

/// Does something to the control that the number picks, and tells what. Sizes that would
/// keep the CPU busy for minutes are left out, as are the system's file dialogues.
const ACT: &str = r#"(random => {
    const shown = element => element.checkVisibility({visibilityProperty: true}) && !element.disabled;
    const named = element => (element.ariaLabel ?? element.textContent ?? "").trim().slice(0, 40);
    const avoided = /^Choose (files|pictures|a folder)$|^Search with/;
    const selector = "button, summary, select, input:not([type=file]), [role=option], [role=application]";
    const controls = [...document.querySelectorAll(selector)]
        .filter(element => shown(element) && !avoided.test(named(element)));
    // Kinds first, so that a thousand pictures do not keep the monkey from the buttons.
    const kind = element => element.getAttribute("role") ?? element.type ?? element.localName;
    const kinds = [...new Set(controls.map(kind))];
    const next = bound => { random = (random * 1103515245 + 12345) % 2147483648; return Math.floor(random / 2147483648 * bound); };
    const wanted = kinds[next(kinds.length)];
    const few = controls.filter(element => kind(element) === wanted);
    const control = few[next(few.length)];
    if (control === undefined) return "nothing";
    const tell = (value, type) => {
        control.value = value;
        control.dispatchEvent(new Event(type, {bubbles: true}));
        return `${wanted} ${named(control) || control.parentElement.textContent.trim().slice(0, 40)} = ${value}`;
    };
    switch (control.type) {
        case "range": return tell(next(21) / 20, "input");
        case "number": {
            const odd = ["", "NaN", "-1", "1e999", "0"];
            const [least, most] = [Number(control.min), Number(control.max)];
            return tell(next(4) === 0 && most > 1000 ? odd[next(odd.length)] : least + next(Math.min(most - least, 12) + 1), "change");
        }
        case "text": case "search": return tell(["cat", "<b>dog</b>", "猫", "", " "][next(5)], "input");
        case "select-one": return tell(control.options[next(control.options.length)].value, "change");
        default:
            control.click();
            return `${wanted} ${named(control)}`;
    }
})"#;

/// Something that acts at random.
pub struct Monkey {
    random: Pcg64Mcg,
    files: Vec<PathBuf>,
}

impl Monkey {
    /// A monkey with something to drop.
    pub fn new(seed: u64, files: Vec<PathBuf>) -> Self {
        Self { random: Pcg64Mcg::seed_from_u64(seed), files }
    }

    /// Does one thing, and tells what.
    pub async fn act(&mut self, page: &Page) -> Result<String> {
        match self.random.random_range(0..24) {
            0 => {
                let from = self.random.random_range(0..self.files.len());
                let files = &self.files[from..self.files.len().min(from + 6)];
                page.drop_paths(files).await?;
                Ok(format!("drop {} files", files.len()))
            }
            // What the monkey would rarely find by itself in so large a page.
            1 | 2 => self.press(page, "Train").await,
            3 => self.press(page, "Pause").await,
            _ => {
                let number = self.random.random_range(1..i32::MAX);
                let done = page.evaluate(&format!("{ACT}({number})")).await?;
                Ok(done.as_str().context("The page tells what was done.")?.to_owned())
            }
        }
    }

    async fn press(&self, page: &Page, name: &str) -> Result<String> {
        let press = format!(
            "[...document.querySelectorAll('.train-buttons button')].find(b => b.textContent.trim() === {})?.click()",
            json!(name)
        );
        page.evaluate(&press).await?;
        Ok(format!("press {name}"))
    }
}
