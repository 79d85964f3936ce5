//! Colours.

use annotate_snippets::Renderer;
use annotate_snippets::renderer::{AnsiColor, DEFAULT_TERM_WIDTH, Style};

use super::super::Colour;

/// Something to be coloured.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Bad,
    Good,
    Warn,
    Strong,
    Faint,
}

/// The text in its colour; the text must be escaped already.
pub(super) fn paint(colour: Colour, ink: Ink, text: &str) -> String {
    let style = match ink {
        Ink::Bad => AnsiColor::BrightRed.on_default().bold(),
        Ink::Good => AnsiColor::BrightGreen.on_default().bold(),
        Ink::Warn => AnsiColor::BrightYellow.on_default(),
        Ink::Strong => Style::new().bold(),
        Ink::Faint => Style::new().dimmed(),
    };
    match colour {
        Colour::Always => format!("{style}{text}{style:#}"),
        Colour::Never => text.to_owned(),
    }
}

/// The renderer of snippets.
pub(super) fn renderer(colour: Colour) -> Renderer {
    match colour {
        Colour::Always => Renderer::styled().hyperlink(false),
        Colour::Never => Renderer::plain(),
    }
    .term_width(DEFAULT_TERM_WIDTH.min(120))
}
