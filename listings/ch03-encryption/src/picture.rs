//! A small picture of large areas: a padlock. What a mode of encryption
//! leaves of it can be seen.

#[cfg(feature = "net")]
use std::error::Error;

/// An uncompressed picture, three bytes a pixel: red, green, blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row; a multiple of 16, so that rows are whole blocks.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The pixels, row by row from the top.
    pub rgb: Vec<u8>,
}

/// Width and height of [`Picture::padlock`].
const SIDE: u32 = 320;

impl Picture {
    /// A padlock on a plain ground, in four colors.
    pub fn padlock() -> Self {
        let pixel = |at: u32| color(at % SIDE / 2, at / SIDE / 2);
        Picture {
            width: SIDE,
            height: SIDE,
            rgb: (0..SIDE * SIDE).flat_map(pixel).collect(),
        }
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// When the size is not that of the pixels.
    #[cfg(feature = "net")]
    pub fn to_png(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(file)
    }

    /// The picture in a PNG file that [`Picture::to_png`] made.
    ///
    /// # Errors
    /// When it is not a PNG file of this kind, or larger than a page needs.
    #[cfg(feature = "net")]
    pub fn from_png(file: &[u8]) -> Result<Self, Box<dyn Error>> {
        let decoder = png::Decoder::new(std::io::Cursor::new(file));
        let mut reader = decoder.read_info()?;
        let size = reader.output_buffer_size().ok_or("no size")?;
        let (width, height) = reader.info().size();
        if reader.info().color_type != png::ColorType::Rgb
            || size > 3 * 1024 * 1024
        {
            return Err("not a small picture of three bytes a pixel".into());
        }
        let mut rgb = vec![0; size];
        reader.next_frame(&mut rgb)?;
        Ok(Picture { width, height, rgb })
    }
}

/// The color at `x` from the left and `y` from the top, on a grid of 160.
fn color(x: u32, y: u32) -> [u8; 3] {
    const GROUND: [u8; 3] = [0xf4, 0xf1, 0xe8];
    const STEEL: [u8; 3] = [0x6b, 0x75, 0x80];
    const BRASS: [u8; 3] = [0xd9, 0xa4, 0x41];
    const HOLE: [u8; 3] = [0x2b, 0x2b, 0x2b];

    // The square of the distance from a point of the middle axis.
    let from_axis = |y0: u32| x.abs_diff(80).pow(2) + y.abs_diff(y0).pow(2);
    let hole = from_axis(98) <= 9 * 9
        || (x.abs_diff(80) <= 4 && (98..=122).contains(&y));
    let body = x.abs_diff(80) <= 50 && (70..=142).contains(&y);
    let ring = (24 * 24..=36 * 36).contains(&from_axis(48)) && y <= 48;
    let legs = (24..=36).contains(&x.abs_diff(80)) && (49..70).contains(&y);
    match () {
        () if hole => HOLE,
        () if body => BRASS,
        () if ring || legs => STEEL,
        () => GROUND,
    }
}
