export default () => <p>What we keep</p>;
