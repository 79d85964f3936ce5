export const Recorder = () => <script data-recording-token="jVxpO0mkJ5BCQ3Gha8Wl9IXhKZDvggAidDXI1AV1" />;
