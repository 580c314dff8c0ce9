//! The results: as a file, as a table, as a picture.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{Error, Part, Row};

/// What was measured, and where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The kernel, the number of processors, how busy they were before.
    pub machine: String,
    /// One for each way.
    pub rows: Vec<Row>,
    /// What the kernel's memory is made of.
    pub parts: Vec<Part>,
}

const HEAD: &str = "way\tidle\tactive\tthreads\tuser_bytes\tkernel_bytes\t\
    event_us\tevent_us_idle\tevent_us_apart\trate\trate_idle\tp99_us\tp99_us_idle";
const PARTS: &str = "way\tpart\tcount\tbytes";

impl Report {
    /// An empty one, of this machine.
    pub(super) fn here() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let kernel = read("/proc/sys/kernel/osrelease");
        // The last part is the builder's own.
        let kernel = kernel.trim().split('-').next().unwrap_or_default();
        let load = read("/proc/loadavg");
        let load = load.split(' ').next().unwrap_or_default().to_owned();
        let cores = std::thread::available_parallelism();
        let cores = cores.map_or(0, |n| n.get());
        let machine = format!(
            "Linux {kernel}, {cores} cores, client and server on the same \
             machine, load average before: {load}"
        );
        Report {
            machine,
            ..Report::default()
        }
    }

    /// As a file: tab-separated values, two tables.
    pub fn to_tsv(&self) -> String {
        let mut text = format!("# {}\n{HEAD}\n", self.machine);
        for row in &self.rows {
            let _ = write!(
                text,
                "{}\t{}\t{}\t{}\t{:.0}\t{:.0}",
                row.way,
                row.idle,
                row.active,
                row.threads,
                row.user,
                row.kernel
            );
            for number in row.event.iter().chain(&row.rate).chain(&row.p99) {
                let _ = write!(text, "\t{number:.1}");
            }
            text.push('\n');
        }
        let _ = writeln!(text, "\n{PARTS}");
        for part in &self.parts {
            let Part {
                way,
                name,
                count,
                size,
            } = part;
            let _ = writeln!(text, "{way}\t{name}\t{count:.2}\t{size:.0}");
        }
        text
    }

    /// Reads what [`Report::to_tsv`] has written.
    ///
    /// # Errors
    /// The first line that is none of it.
    pub fn from_tsv(text: &str) -> Result<Self, Error> {
        let mut report = Report::default();
        let mut lines = text.lines();
        let machine = lines.next().and_then(|line| line.strip_prefix("# "));
        report.machine = machine.unwrap_or_default().into();
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            match fields[..] {
                _ if [HEAD, PARTS, ""].contains(&line) => {}
                [way, name, count, size] => report.parts.push(Part {
                    way: way.into(),
                    name: name.into(),
                    count: number(count)?,
                    size: number(size)?,
                }),
                [way, idle, active, threads, ref numbers @ ..] => {
                    report.rows.push(row(
                        way,
                        [idle, active, threads],
                        numbers,
                    )?);
                }
                _ => return Err(Error::Unreadable(line.into())),
            }
        }
        Ok(report)
    }

    /// As text for a terminal and for the page.
    pub fn to_table(&self) -> String {
        let Some(first) = self.rows.first() else {
            return String::new();
        };
        let Row { idle, active, .. } = first;
        let mut text = format!(
            "{idle} idle connections, {active} active ones\n\n\
             {:27}memory of an idle   CPU a round trip,        \
             round trips a second   99% took less than\n\
             {:27}connection, bytes   microseconds             \
             of the active          microseconds\n\
             {:<11}{:>8}{:>16}{:>10}{:>9}{:>9}{:>9}{:>12}{:>11}{:>11}{:>10}\n",
            "",
            "",
            "way",
            "threads",
            "server",
            "kernel",
            "alone",
            "idle",
            "apart",
            "alone",
            "idle",
            "alone",
            "idle"
        );
        for row in &self.rows {
            let Row {
                way,
                threads,
                user,
                kernel,
                event,
                rate,
                p99,
                ..
            } = row;
            let _ = writeln!(
                text,
                "{way:<11}{threads:>8}{user:>16.0}{kernel:>10.0}{:>9.1}\
                 {:>9.1}{:>9.1}{:>12.0}{:>11.0}{:>11.0}{:>10.0}",
                event[0], event[1], event[2], rate[0], rate[1], p99[0], p99[1]
            );
        }
        let _ = write!(
            text,
            "\nalone: without the idle connections; idle: with them; apart: \
             alone, the client on another\nprocessor, and for the other two \
             on the same. kernel: both ends.\n{}\n",
            self.machine
        );
        text
    }

    /// What the kernel's memory of a connection is made of, for `way`.
    pub fn to_parts(&self, way: &str) -> String {
        let mut parts: Vec<&Part> =
            self.parts.iter().filter(|part| part.way == way).collect();
        parts.sort_by(|a, b| (b.count * b.size).total_cmp(&(a.count * a.size)));
        let mut text = format!(
            "{:<24}{:>16}{:>8}{:>8}\n",
            way, "for each, about", "bytes", "= bytes"
        );
        for Part {
            name, count, size, ..
        } in parts
        {
            let all = count * size;
            let _ =
                writeln!(text, "{name:<24}{count:>16.1}{size:>8.0}{all:>8.0}");
        }
        text
    }

    /// As a picture. Each gridline is ten times the one before.
    pub fn to_svg(&self) -> String {
        let memory = Panel {
            title: "Memory of an idle connection",
            units: [
                ("100 B", 100.0),
                ("1 KB", 1e3),
                ("10 KB", 1e4),
                ("100 KB", 1e5),
            ],
            legend: ["in the server", "in the kernel, both ends"],
            bars: self.rows.iter().map(|r| [r.user, r.kernel]).collect(),
        };
        let time = Panel {
            title: "The server’s CPU time for one round trip",
            units: [
                ("1 µs", 1.0),
                ("10 µs", 10.0),
                ("100 µs", 100.0),
                ("1 ms", 1e3),
            ],
            legend: ["among the idle connections", "without them"],
            bars: self.rows.iter().map(|r| [r.event[1], r.event[0]]).collect(),
        };
        let names: Vec<&str> = self.rows.iter().map(|r| &*r.way).collect();
        let height = 64 + names.len() * 34;
        let mut svg = format!(
            "<svg role=\"img\" aria-labelledby=\"c10k-title c10k-desc\" \
             viewBox=\"0 0 480 {}\" width=\"480\" style=\"max-width:100%;\
             height:auto;font-family:inherit\" font-size=\"13\" \
             fill=\"currentColor\" stroke=\"none\">\n\
             <title id=\"c10k-title\">What {} idle connections cost</title>\n\
             <desc id=\"c10k-desc\">{} {}</desc>\n",
            2 * height,
            self.rows.first().map_or(0, |row| row.idle),
            memory.words(&names, "bytes"),
            time.words(&names, "microseconds"),
        );
        memory.draw(&mut svg, &names, 0);
        time.draw(&mut svg, &names, height);
        svg.push_str("</svg>\n");
        svg
    }

    /// Writes the file, the tables and the picture into `folder`.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        let tsv = self.to_tsv();
        fs::write(folder.join("c10k.tsv"), &tsv)?;
        // Of the numbers as the file has them, rounded.
        for (name, text) in Report::from_tsv(&tsv)?.derived() {
            fs::write(folder.join(name), text)?;
        }
        Ok(())
    }

    /// What is made of the file: names and contents.
    pub fn derived(&self) -> [(&'static str, String); 3] {
        let both =
            format!("{}\n{}", self.to_parts("epoll"), self.to_parts("threads"));
        [
            ("c10k.txt", self.to_table()),
            ("c10k-kernel.txt", both),
            ("c10k.svg", self.to_svg()),
        ]
    }
}

fn number(text: &str) -> Result<f64, Error> {
    text.parse().map_err(|_| Error::Unreadable(text.into()))
}

fn row(way: &str, counts: [&str; 3], rest: &[&str]) -> Result<Row, Error> {
    let count = |text: &str| {
        let number = text.parse::<usize>();
        number.map_err(|_| Error::Unreadable(text.into()))
    };
    let [idle, active, threads] = counts;
    let rest: Vec<f64> =
        rest.iter().map(|n| number(n)).collect::<Result<_, _>>()?;
    let [user, kernel, e0, e1, e2, r0, r1, p0, p1] = rest[..] else {
        return Err(Error::Unreadable(way.into()));
    };
    Ok(Row {
        way: way.into(),
        idle: count(idle)?,
        active: count(active)?,
        threads: count(threads)? as u64,
        user,
        kernel,
        event: [e0, e1, e2],
        rate: [r0, r1],
        p99: [p0, p1],
    })
}

/// Half of the picture.
struct Panel {
    title: &'static str,
    units: [(&'static str, f64); 4],
    legend: [&'static str; 2],
    bars: Vec<[f64; 2]>,
}

/// Where the bars begin, and how long one power of ten is.
const LEFT: f64 = 84.0;
const DECADE: f64 = 94.0;

impl Panel {
    fn words(&self, names: &[&str], unit: &str) -> String {
        let bars = names.iter().zip(&self.bars);
        let said: Vec<String> = bars
            .map(|(name, [a, b])| format!("{name} {a:.0} and {b:.0}"))
            .collect();
        let [a, b] = self.legend;
        let title = self.title;
        format!("{title}, in {unit}, {a} and {b}: {}.", said.join("; "))
    }

    fn x(&self, value: f64) -> f64 {
        let least = self.units[0].1;
        // From half of the first unit on, to where the picture ends.
        let decades = (value / least).log10().clamp(-0.3, 3.9) + 0.3;
        LEFT + DECADE * decades
    }

    fn draw(&self, svg: &mut String, names: &[&str], top: usize) {
        let bottom = top + 50 + names.len() * 34;
        let _ = writeln!(
            svg,
            "<text x=\"0\" y=\"{}\" font-weight=\"bold\">{}</text>",
            top + 14,
            self.title
        );
        let _ = writeln!(
            svg,
            "<rect x=\"{LEFT:.0}\" y=\"{0}\" width=\"12\" height=\"10\"/>\
             <text x=\"{1:.0}\" y=\"{2}\">{3}</text>\
             <rect x=\"{4:.0}\" y=\"{0}\" width=\"12\" height=\"10\" \
             fill=\"none\" stroke=\"currentColor\"/>\
             <text x=\"{5:.0}\" y=\"{2}\">{6}</text>",
            top + 24,
            LEFT + 18.0,
            top + 33,
            self.legend[0],
            LEFT + 210.0,
            LEFT + 228.0,
            self.legend[1],
        );
        for (label, value) in self.units {
            let x = self.x(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.0} {}V{}\" stroke=\"currentColor\" \
                 opacity=\"0.3\"/><text x=\"{x:.0}\" y=\"{}\" \
                 font-size=\"11\" text-anchor=\"middle\">{label}</text>",
                top + 42,
                bottom - 6,
                bottom + 6
            );
        }
        for (n, (name, [full, hollow])) in
            names.iter().zip(&self.bars).enumerate()
        {
            let y = top + 46 + n * 34;
            let _ = writeln!(
                svg,
                "<text x=\"0\" y=\"{}\">{name}</text>\
                 <rect x=\"{LEFT:.0}\" y=\"{y}\" width=\"{:.1}\" \
                 height=\"10\"/>\
                 <rect x=\"{LEFT:.0}\" y=\"{}\" width=\"{:.1}\" \
                 height=\"10\" fill=\"none\" stroke=\"currentColor\"/>",
                y + 17,
                self.x(*full) - LEFT,
                y + 13,
                self.x(*hollow) - LEFT,
            );
        }
    }
}
