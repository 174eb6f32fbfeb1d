//! Embeds the folder `pricing/`: every `*.toml` in it, by file name, in order.
//! Nothing is read from the books here; they are parsed when they are needed.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=pricing");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("pricing");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|name| format!("{} is not UTF-8", name.display()))?;
        if Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
            names.push(name);
        }
    }
    names.sort();
    let mut code = String::from("&[\n");
    for name in names {
        writeln!(
            code,
            "    ({name:?}, include_str!({path:?})),",
            path = folder.join(&name).display().to_string()
        )?;
    }
    code.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("pricing.rs"), code)?;
    Ok(())
}
