//! What a handler does with a file that came with its form.

use std::{
    fs,
    io::{self, Read, Seek, Write},
    path::Path,
};

use formwork_core::Upload;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::Mutex,
};

/// A file in an unnamed temporary file.
pub(crate) struct Spooled {
    file: fs::File,
    hash: [u8; 32],
    /// One reader at a time: all handles share the place where it is read.
    reading: Mutex<()>,
}

impl Spooled {
    pub(crate) fn new(file: fs::File, hash: [u8; 32]) -> Self {
        Spooled { file, hash, reading: Mutex::const_new(()) }
    }

    /// Another handle to it.
    fn open(&self) -> io::Result<fs::File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}

/// The content of an [`Upload`]. It arrived before the handler began, in a temporary file of the
/// server's, and has been checked as its field says.
///
/// ```no_run
/// # use formwork_axum::UploadFile;
/// # async fn keep(photo: formwork_core::Upload) -> std::io::Result<()> {
/// // Under a name of your own: the visitor's may be anything.
/// photo.save_to("photos/42").await?;
/// # Ok(()) }
/// ```
pub trait UploadFile {
    /// Writes it to a new file.
    ///
    /// # Errors
    /// If there is a file already, or it can't be written; a part of it does not stay behind.
    fn save_to(&self, path: impl AsRef<Path> + Send)
    -> impl Future<Output = io::Result<()>> + Send;

    /// Copies it into a writer, piece by piece.
    ///
    /// # Errors
    /// If the writer refuses.
    fn copy_to(
        &self,
        writer: &mut (impl AsyncWrite + Unpin + Send),
    ) -> impl Future<Output = io::Result<u64>> + Send;

    /// All of it, in memory.
    ///
    /// # Errors
    /// If it can't be read.
    fn bytes(&self) -> impl Future<Output = io::Result<Vec<u8>>> + Send;
}

impl UploadFile for Upload {
    async fn save_to(&self, path: impl AsRef<Path> + Send) -> io::Result<()> {
        let (spooled, path) = (spooled(self)?, path.as_ref().to_owned());
        let _reading = spooled.reading.lock().await;
        let mut from = spooled.open()?;
        blocking(move || {
            let mut to = fs::File::options().write(true).create_new(true).open(&path)?;
            // The kernel copies, where it can.
            let copied = io::copy(&mut from, &mut to).and_then(|_| to.flush());
            if copied.is_err() {
                drop(to);
                let _ = fs::remove_file(&path);
            }
            copied
        })
        .await
    }

    async fn copy_to(&self, writer: &mut (impl AsyncWrite + Unpin + Send)) -> io::Result<u64> {
        let spooled = spooled(self)?;
        let _reading = spooled.reading.lock().await;
        let mut from = tokio::fs::File::from_std(spooled.open()?);
        let copied = tokio::io::copy(&mut from, writer).await?;
        writer.flush().await?;
        Ok(copied)
    }

    async fn bytes(&self) -> io::Result<Vec<u8>> {
        let spooled = spooled(self)?;
        let _reading = spooled.reading.lock().await;
        let mut from = spooled.open()?;
        blocking(move || {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
    }
}

/// What tells the content of two files apart.
pub(crate) fn hash(upload: &Upload) -> [u8; 32] {
    spooled(upload).map_or([0; 32], |spooled| spooled.hash)
}

fn spooled(upload: &Upload) -> io::Result<&Spooled> {
    let content = upload.content().and_then(|content| content.downcast_ref());
    content.ok_or_else(|| io::Error::other("no file came with this form"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
