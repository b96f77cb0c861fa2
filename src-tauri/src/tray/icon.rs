//! The tray's icon, drawn from the state: a shape as well as a colour, and the number where the platform has
//! no place beside it. 64 pixels, so that it is crisp at every scale.

use bosk_core::attention::Overall;
use tauri::image::Image;
use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};

/// Width and height in pixels.
const SIZE: u32 = 64;

/// The state's colour, as in the page's tokens; readable on light and dark panels.
fn colour(overall: Overall) -> Color {
    match overall {
        Overall::Failed => Color::from_rgba8(0xe5, 0x48, 0x4d, 0xff),
        Overall::NeedsYou => Color::from_rgba8(0xd9, 0x8a, 0x00, 0xff),
        Overall::Running => Color::from_rgba8(0x2f, 0x86, 0xe0, 0xff),
        Overall::Paused | Overall::Idle => Color::from_rgba8(0x8b, 0x8d, 0x98, 0xff),
    }
}

/// The state's shape within 64 by 64.
fn shape(overall: Overall) -> Option<Path> {
    let mut path = PathBuilder::new();
    match overall {
        Overall::NeedsYou => {
            path.move_to(32.0, 4.0);
            path.line_to(60.0, 32.0);
            path.line_to(32.0, 60.0);
            path.line_to(4.0, 32.0);
            path.close();
        }
        Overall::Failed => {
            path.move_to(12.0, 12.0);
            path.line_to(52.0, 52.0);
            path.move_to(52.0, 12.0);
            path.line_to(12.0, 52.0);
        }
        Overall::Running => path.push_circle(32.0, 32.0, 26.0),
        Overall::Paused => {
            for left in [14.0, 38.0] {
                path.push_rect(Rect::from_xywh(left, 8.0, 12.0, 48.0)?);
            }
        }
        Overall::Idle => path.push_circle(32.0, 32.0, 22.0),
    }
    path.finish()
}

/// Draws it; `number` is drawn in it where it is above 0.
pub(super) fn draw(overall: Overall, number: u32) -> Option<Image<'static>> {
    let mut pixels = Pixmap::new(SIZE, SIZE)?;
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(colour(overall));
    let whole = Transform::identity();
    let path = shape(overall)?;
    match overall {
        Overall::Failed | Overall::Idle => {
            let width = if overall == Overall::Failed { 14.0 } else { 9.0 };
            let stroke = Stroke { width, line_cap: tiny_skia::LineCap::Round, ..Stroke::default() };
            pixels.stroke_path(&path, &paint, &stroke, whole, None);
        }
        _ => pixels.fill_path(&path, &paint, FillRule::Winding, whole, None),
    }
    if number > 0 {
        badge(&mut pixels, number)?;
    }
    Some(Image::new_owned(pixels.take_demultiplied(), SIZE, SIZE))
}

/// The number on a dark ground at the lower right: one digit, or a plus for more.
fn badge(pixels: &mut Pixmap, number: u32) -> Option<()> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(Color::from_rgba8(0x1c, 0x1d, 0x21, 0xff));
    let mut ground = PathBuilder::new();
    ground.push_circle(45.0, 45.0, 18.0);
    pixels.fill_path(&ground.finish()?, &paint, FillRule::Winding, Transform::identity(), None);
    paint.set_color(Color::WHITE);
    let stroke = Stroke { width: 4.0, line_cap: tiny_skia::LineCap::Round, ..Stroke::default() };
    pixels.stroke_path(&digit(number)?, &paint, &stroke, Transform::identity(), None);
    Some(())
}

/// A digit by its seven strokes, within the badge.
fn digit(number: u32) -> Option<Path> {
    let (left, right, top, middle, bottom) = (40.0, 50.0, 35.0, 45.0, 55.0);
    // Top, upper right, lower right, bottom, lower left, upper left, middle.
    let strokes = [
        ((left, top), (right, top)),
        ((right, top), (right, middle)),
        ((right, middle), (right, bottom)),
        ((left, bottom), (right, bottom)),
        ((left, middle), (left, bottom)),
        ((left, top), (left, middle)),
        ((left, middle), (right, middle)),
    ];
    let lit: &[usize] = match number {
        1 => &[1, 2],
        2 => &[0, 1, 6, 4, 3],
        3 => &[0, 1, 6, 2, 3],
        4 => &[5, 6, 1, 2],
        5 => &[0, 5, 6, 2, 3],
        6 => &[0, 5, 4, 3, 2, 6],
        7 => &[0, 1, 2],
        8 => &[0, 1, 2, 3, 4, 5, 6],
        9 => &[6, 5, 0, 1, 2, 3],
        _ => &[],
    };
    let mut path = PathBuilder::new();
    for at in lit {
        let ((from_x, from_y), (to_x, to_y)) = strokes[*at];
        path.move_to(from_x, from_y);
        path.line_to(to_x, to_y);
    }
    if lit.is_empty() {
        path.move_to(37.0, middle);
        path.line_to(53.0, middle);
        path.move_to(45.0, 37.0);
        path.line_to(45.0, 53.0);
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_shape_of_its_own_and_a_number_changes_it() {
        let all =
            [Overall::Failed, Overall::NeedsYou, Overall::Running, Overall::Paused, Overall::Idle];
        let shapes = all.map(|one| {
            let image = draw(one, 0).unwrap();
            // The shape alone: whether there is something, whatever its colour.
            image.rgba().chunks(4).map(|pixel| pixel[3] > 127).collect::<Vec<_>>()
        });
        for (at, one) in shapes.iter().enumerate() {
            assert!(shapes[at + 1..].iter().all(|other| other != one));
        }
        let numbers: Vec<_> =
            (0..12).map(|number| draw(Overall::Running, number).unwrap()).collect();
        for (at, one) in numbers[..10].iter().enumerate() {
            assert!(numbers[at + 1..10].iter().all(|other| other.rgba() != one.rgba()));
        }
        assert_eq!(numbers[10].rgba(), numbers[11].rgba(), "more than nine is a plus");
    }
}
