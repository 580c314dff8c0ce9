//! A path is checked and then opened; in between, the directory changes.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::symlink;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

// ANCHOR: checked
/// Reads a file below `root`, after a look at where its name leads.
fn checked(
    root: &Path,
    name: &str,
    meanwhile: impl FnOnce() -> io::Result<()>,
) -> io::Result<String> {
    let path = root.join(name).canonicalize()?;
    if !path.starts_with(root.canonicalize()?) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    meanwhile()?;
    let mut text = String::new();
    File::open(path)?.read_to_string(&mut text)?;
    Ok(text)
}
// ANCHOR_END: checked

// ANCHOR: beneath
/// Reads a file below `root`, which is open.
fn beneath(root: &Dir, name: &str) -> io::Result<String> {
    root.read_to_string(name)
}
// ANCHOR_END: beneath

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let (root, outside) =
        (folder.path().join("root"), folder.path().join("outside"));
    fs::create_dir_all(root.join("docs"))?;
    fs::create_dir(&outside)?;
    fs::write(root.join("docs/page"), "for everybody")?;
    fs::write(outside.join("page"), "secret")?;
    let open = Dir::open_ambient_dir(&root, ambient_authority())?;
    // ANCHOR: swap
    let swap = || {
        fs::rename(root.join("docs"), root.join("docs.old"))?;
        symlink(&outside, root.join("docs"))
    };
    let said = |text: io::Result<String>| match text {
        Ok(text) => format!("{text:?}"),
        Err(error) => error.to_string(),
    };
    let name = "docs/page";
    println!("checked   {}", said(checked(&root, name, || Ok(()))));
    println!("beneath   {}", said(beneath(&open, name)));
    println!("checked   {}", said(checked(&root, name, swap)));
    println!("beneath   {}", said(beneath(&open, name)));
    println!("checked   {}", said(checked(&root, name, || Ok(()))));
    // ANCHOR_END: swap
    Ok(())
}
