//! Where a profile keeps its files. One profile is one user's accounts and mail.

use std::path::{Path, PathBuf};

/// Qualifier, organization and application name for the platform's folders.
const PLATFORM_NAME: (&str, &str, &str) = ("io.github", "postrider", "postrider");

/// The folders of one profile. None of them needs to exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    config: PathBuf,
    data: PathBuf,
    cache: PathBuf,
}

/// The system does not say where a user's files go (no home folder).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no home folder to keep mail in; name a folder with --profile DIR")]
pub struct NoHome;

impl Profile {
    /// A profile whose files all lie below one folder (`--profile DIR`).
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self { config: dir.join("config"), data: dir.join("data"), cache: dir.join("cache") }
    }

    /// The user's own profile in the platform's folders (XDG on Linux).
    ///
    /// # Errors
    /// When there is no home folder.
    pub fn of_user() -> Result<Self, NoHome> {
        let (qualifier, organization, application) = PLATFORM_NAME;
        let dirs = directories::ProjectDirs::from(qualifier, organization, application).ok_or(NoHome)?;
        Ok(Self {
            config: dirs.config_dir().to_owned(),
            data: dirs.data_local_dir().to_owned(),
            cache: dirs.cache_dir().to_owned(),
        })
    }

    /// Settings that people may edit.
    #[must_use]
    pub fn config_dir(&self) -> &Path {
        &self.config
    }

    /// The mail store.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// What can be thrown away: opened attachments and the like.
    #[must_use]
    pub fn cache_dir(&self) -> &Path {
        &self.cache
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_profile_keeps_everything_below_its_folder() {
        let profile = Profile::at(Path::new("p"));
        for dir in [profile.config_dir(), profile.data_dir(), profile.cache_dir()] {
            assert!(dir.starts_with("p"));
        }
    }
}
